#pragma once

/// Marks what the test server library exports: the project is built with hidden visibility.
#define IMAPXX_TESTSERVER_API __attribute__((visibility("default")))

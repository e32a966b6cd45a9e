#pragma once

/// Marks what the shared library exports; everything else is hidden. The static library is made of the same objects,
/// so the macro needs no "am I building or using" switch.
#if defined(__GNUC__)
#define IMAPXX_API __attribute__((visibility("default")))
#else
#define IMAPXX_API
#endif

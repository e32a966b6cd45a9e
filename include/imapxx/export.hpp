#pragma once

/// Marks what the shared library exports; everything else is hidden. The static library is made of the same objects,
/// so the macro needs no "am I building or using" switch.
#if defined(__GNUC__)
#define IMAPXX_API __attribute__((visibility("default")))
#define IMAPXX_LOCAL __attribute__((visibility("hidden")))  ///< a class inside an exported class stays private
#else
#define IMAPXX_API
#define IMAPXX_LOCAL
#endif

#!/bin/bash
# make_docs.sh OUT: the reference of the public headers (Doxygen) in OUT/html.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"
doxygen - <<EOF
PROJECT_NAME = imapxx
OUTPUT_DIRECTORY = $1
INPUT = include testserver/include README.md
USE_MDFILE_AS_MAINPAGE = README.md
RECURSIVE = YES
STRIP_FROM_INC_PATH = include testserver/include
GENERATE_LATEX = NO
QUIET = YES
WARN_IF_UNDOCUMENTED = NO
JAVADOC_AUTOBRIEF = YES
MACRO_EXPANSION = YES
EXPAND_ONLY_PREDEF = YES
PREDEFINED = IMAPXX_API=
EOF
echo "see $1/html/index.html"

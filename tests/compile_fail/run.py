#!/usr/bin/env python3
"""Misuse that must not compile. Each case is a function body and a part of the diagnostic that it must draw (GCC's or clang's
words); the corrected forms below must compile, so that a case cannot fail for another reason.

run.py COMPILER [CASE...]"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

HEADERS = """
#include <imapxx/client.hpp>
#include <iostream>
#include <string>
#include <string_view>
using namespace imapxx;
"""
PARAMETERS = "client& c, session& s, secret& password, uid_set& uids, seq_set& seqs, const credentials& who"

CONVERSION = r"no matching|conversion from|cannot convert|no viable|no known conversion|could not convert|could not bind"
DELETED = r"use of deleted|call to (implicitly-)?deleted|deleted"
IGNORED = r"ignoring return|nodiscard"

CASES = {
    "uids_as_sequence_numbers": ("seq_set x = uids; (void)x;", CONVERSION),
    "sequence_numbers_as_uids": ("uids = seqs;", r"no match|no viable|invalid"),
    "uids_compared_with_sequence_numbers": ("(void)(uids == seqs);", r"no match|invalid operands"),
    "uids_joined_with_sequence_numbers": ("uids |= seqs;", r"no match for|no viable"),
    "text_as_a_set_of_messages": ('(void)c.fetch("1:5", fetch_items());', CONVERSION),
    "a_number_as_a_set_of_messages": ("(void)c.fetch(5, fetch_items());", CONVERSION + "|ambiguous"),
    "text_as_a_search": ('(void)c.search("SUBJECT x");', CONVERSION),
    "text_as_a_date": ('(void)search_key::since("1-Feb-2026");', CONVERSION + "|invalid"),
    "printing_a_secret": ("std::cout << password;", r"no match for|invalid operands"),
    "a_secret_as_text": ("std::string_view text = password; (void)text;", CONVERSION),
    "a_secret_joined_to_text": ('std::string text = "password: " + password;', r"no match for|invalid operands"),
    "a_secret_into_a_string": ("std::string text(password);", CONVERSION),
    "comparing_secrets": ("(void)(password == password);", r"no match for|invalid operands"),
    "printing_credentials": ("std::cout << who;", r"no match for|invalid operands"),
    "a_number_as_a_password": ("(void)credentials(\"ann\", 5);", CONVERSION + "|invalid conversion"),
    "ignoring_a_result": ("c.try_run(noop());", IGNORED),
    "ignoring_a_ticket": ("c.submit(noop());", IGNORED),
    "ignoring_a_failed_login": ("c.try_authenticate_as(who);", IGNORED),
    "a_result_as_its_value": ('uid_set x = uid_set::try_parse("1"); (void)x;', CONVERSION),
    "copying_a_client": ("client copy(c);", DELETED),
    "copying_a_ticket": ("auto t = c.submit(noop()); auto copy = t;", DELETED),
    "copying_a_session": ("session copy(s);", DELETED),
    "copying_a_stream": ("auto one = c.stream(fetch(uids, fetch_items().flags())); auto copy = one;", DELETED),
    "running_what_is_no_command": ("c.run(5);", r"constraint|no matching"),
    "arguments_in_the_wrong_order": ("(void)c.store(uids, flag_list(), store_mode::add);", CONVERSION),
    "a_bool_as_a_store_mode": ("(void)c.store(uids, true, flag_list());", CONVERSION),
    "a_bool_for_the_protection": ('connect_options o("imap.example.org", true); (void)o;', CONVERSION),
    "a_number_for_the_protection": ("security mode = 1; (void)mode;", r"invalid conversion|cannot (convert|initialize)"),
    "an_error_code_as_a_number": ("int n = errc::no; (void)n;", r"cannot (convert|initialize)"),
    "text_as_an_error": ('error e = "text"; (void)e;', CONVERSION + "|requested"),
    "options_as_an_aggregate": ("limits l{.line_octets = 5}; (void)l;", r"designated|no matching|non-aggregate"),
    "a_mailbox_name_as_text": ('std::string text = mailbox_name("x"); (void)text;', CONVERSION),
    "a_flag_as_a_sequence": ("(void)flag(5);", CONVERSION + r"|ambiguous|invalid conversion"),
    "switching_verification_off_by_assignment": ("connect_options o; o.tls(false);", CONVERSION),
}

GOOD = """
  uid_set x(1);
  x |= uids;
  (void)c.fetch(uids, fetch_items());
  (void)c.fetch(seqs, fetch_items());
  (void)c.search(search_key::subject("x"));
  std::cout << password.size() << who.user();
  auto r = c.try_run(noop());
  auto t = c.submit(noop());
  auto moved = std::move(t);
  (void)c.store(uids, store_mode::add, flag_list());
  connect_options o("imap.example.org", security::starttls);
  limits l;
  l.line_octets = 5;
  if (auto parsed = uid_set::try_parse("1")) x = *parsed;
  int n = static_cast<int>(errc::no);
  std::string text = mailbox_name("x").utf8();
  (void)r, (void)moved, (void)o, (void)l, (void)n, (void)s;
"""


def main():
    compiler, names = sys.argv[1], sys.argv[2:] or list(CASES)
    clang = "clang" in subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
    options = ["-std=c++20", "-Wall", "-Wextra", "-Werror", "-Wno-unused-variable", "-I", str(ROOT / "include"), "-fsyntax-only"]
    with tempfile.TemporaryDirectory() as folder:
        # All cases share one precompiled header: the whole run takes seconds.
        header = pathlib.Path(folder) / "all.hpp"
        header.write_text(HEADERS)
        built = str(header) + (".pch" if clang else ".gch")
        subprocess.run([compiler, *options[:-1], "-x", "c++-header", str(header), "-o", built], check=True)
        shared = ["-include-pch", built] if clang else ["-include", str(header)]

        def compile_body(body):
            source = f"void misuse({PARAMETERS});\nvoid misuse([[maybe_unused]] {PARAMETERS.replace(', ', ', [[maybe_unused]] ')}) {{\n{body}\n}}\n"
            done = subprocess.run([compiler, *options, *shared, "-x", "c++", "-"], input=source, capture_output=True, text=True,
                                  env={**os.environ, "LC_ALL": "C"}, check=False)
            return done.returncode, done.stderr

        code, words = compile_body(GOOD)
        wrong = [f"the correct forms do not compile:\n{words}"] if code != 0 else []
        with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            for name, (code, words) in zip(names, pool.map(lambda n: compile_body(CASES[n][0]), names)):
                expected = CASES[name][1]
                errors = "\n".join(line for line in words.splitlines() if "error:" in line)
                if code == 0:
                    wrong.append(f"{name}: compiles")
                elif not re.search(expected, errors):
                    wrong.append(f"{name}: fails, but not with /{expected}/:\n{errors}")
    print("\n".join(wrong) or f"{len(names)} kinds of misuse do not compile")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#include "samples.hpp"

#include <array>

namespace imapxx::cli {
namespace {

constexpr std::string_view welcome = R"(From: Ann Example <ann@example.org>
To: demo@example.org
Subject: Welcome
Date: Mon, 02 Feb 2026 09:00:00 +0100
Message-ID: <welcome@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Hello,

this message lives in the embedded server of imapxx. Nothing of it leaves your machine.

Ann
)";

constexpr std::string_view html_mail = R"(From: "News, daily" <news@example.net>
To: demo@example.org
Subject: =?utf-8?B?TmV1aWdrZWl0ZW4g4oCTIE5ld3M=?=
Date: Tue, 03 Feb 2026 07:30:00 +0000
Message-ID: <news-34@example.net>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_alt"

--=_alt
Content-Type: text/plain; charset=utf-8

Plain news.

--=_alt
Content-Type: text/html; charset=utf-8

<p>News with <b>markup</b>.</p>

--=_alt--
)";

constexpr std::string_view report = R"(From: =?iso-8859-1?Q?J=FCrgen_M=FCller?= <juergen@example.org>
To: demo@example.org, ann@example.org
Subject: =?utf-8?Q?R=C3=A9sum=C3=A9_of_the_caf=C3=A9_meeting?= =?utf-8?Q?_=E2=98=95?=
Date: Wed, 04 Feb 2026 18:45:10 +0100
Message-ID: <meeting-7@example.org>
In-Reply-To: <welcome@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_mixed"

--=_mixed
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Liebe Ann,

das Caf=E9 =F6ffnet um 8 Uhr; die Zahlen stehen in der Tabelle, die an dies=
er Nachricht h=E4ngt.

J=FCrgen

--=_mixed
Content-Type: text/csv; name*=utf-8''%C3%9Cbersicht.csv
Content-Disposition: attachment; filename*=utf-8''%C3%9Cbersicht.csv
Content-Transfer-Encoding: base64

bW9udGg7Y3VwcwpKYW51YXJ5OzQxMgpGZWJydWFyeTszOTgK

--=_mixed--
)";

constexpr std::array all = {
    sample{"INBOX", "\\Seen", " 2-Feb-2026 09:00:01 +0100", welcome},
    sample{"INBOX", "", " 3-Feb-2026 07:30:02 +0000", html_mail},
    sample{"INBOX", "\\Flagged", " 4-Feb-2026 18:45:12 +0100", report},
    sample{"Archive/2025", "\\Seen", "31-Dec-2025 23:00:00 +0000", welcome},
};

}  // namespace

std::span<const sample> samples() { return all; }

}  // namespace imapxx::cli

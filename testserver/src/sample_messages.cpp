#include "sample_messages.hpp"

namespace imapxx::testserver::detail {

namespace {

constexpr std::string_view welcome = R"(Return-Path: <alice@example.org>
Date: Mon, 2 Feb 2026 09:15:00 +0100
From: Alice Example <alice@example.org>
To: Demo User <demo@example.org>
Subject: Welcome to the garden project
Message-ID: <welcome-1@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

Hello,

the seeds have arrived. Let us meet on Thursday at ten and plan the beds.

Alice
)";

constexpr std::string_view reply = R"(Date: Mon, 2 Feb 2026 11:40:12 +0000
From: "Bob B. Builder" <bob@example.com>
To: Alice Example <alice@example.org>
Cc: Demo User <demo@example.org>, carol@example.net (Carol in a comment)
Subject: Re: Welcome to the garden project
In-Reply-To: <welcome-1@example.org>
References: <welcome-1@example.org>
Message-ID: <reply-2@example.com>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable

On Mon, 2 Feb 2026, Alice Example wrote:
> the seeds have arrived. Let us meet on Thursday at ten and plan the beds.

Ten is fine. I bring the spade =E2=80=93 and a cake. =F0=9F=8D=B0

Bob
)";

constexpr std::string_view newsletter = R"(Date: Tue, 3 Feb 2026 06:00:00 -0500
From: =?utf-8?q?Caf=C3=A9_de_la_Gare?= <news@example.com>
To: demo@example.org
Reply-To: no-reply@example.com
Subject: =?utf-8?q?La_carte_de_f=C3=A9vrier?=
Message-ID: <news-3@example.com>
List-Unsubscribe: <mailto:unsubscribe@example.com>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_alternative_3"

This text stands ahead of the parts; mail readers do not show it.

--=_alternative_3
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

Bonjour,

crème brûlée et thé à la menthe, tout le mois de février.

--=_alternative_3
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<html><body><p>Bonjour,</p>
<p><b>cr=C3=A8me br=C3=BBl=C3=A9e</b> et th=C3=A9 =C3=A0 la menthe,
tout le mois de f=C3=A9vrier.</p></body></html>

--=_alternative_3--
)";

constexpr std::string_view attachments = R"(Date: Wed, 4 Feb 2026 16:20:30 +0100
From: Alice Example <alice@example.org>
To: Demo User <demo@example.org>, Bob <bob@example.com>
Subject: Plan of the beds and the price list
Message-ID: <plan-4@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="mixed-4"

--mixed-4
Content-Type: text/plain; charset=us-ascii
Content-Disposition: inline

Both are attached. The picture is small on purpose.

--mixed-4
Content-Type: image/png; name="plan.png"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="plan.png"
Content-ID: <plan@example.org>
Content-Description: plan of the beds

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9
awAAAABJRU5ErkJggg==

--mixed-4
Content-Type: text/csv; charset=utf-8
Content-Transfer-Encoding: base64
Content-Disposition: attachment;
 filename*0*=utf-8''Preise%20f%C3%BCr;
 filename*1*=%20das%20Fr%C3%BChjahr.csv

UGZsYW56ZSxQcmVpcwpUb21hdGUsMiw1MApLw7xyYmlzLDMsMDAK

--mixed-4--
)";

constexpr std::string_view forwarded = R"(Date: Thu, 5 Feb 2026 08:05:00 +0000
From: Bob <bob@example.com>
To: Demo User <demo@example.org>
Subject: Fwd: Delivery of the compost
Message-ID: <forward-5@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer-5"

--outer-5
Content-Type: text/plain; charset=us-ascii

See what they wrote.

--outer-5
Content-Type: message/rfc822
Content-Disposition: attachment; filename="delivery.eml"

Date: Wed, 4 Feb 2026 18:00:00 +0000
From: Compost Works <office@example.net>
To: Bob <bob@example.com>
Subject: Delivery of the compost
Message-ID: <delivery@example.net>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="inner-5"

--inner-5
Content-Type: text/plain; charset=us-ascii

We deliver on Friday between eight and nine.

--inner-5
Content-Type: application/pdf; name="invoice.pdf"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="invoice.pdf"

JVBERi0xLjQKJSBub3QgcmVhbGx5IGEgUERGCg==

--inner-5--

--outer-5--
)";

constexpr std::string_view japanese = R"(Date: Fri, 6 Feb 2026 21:30:00 +0900
From: =?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= <yamada@example.com>
To: demo@example.org
Subject: =?ISO-2022-JP?B?GyRCRG0kTjxMPz8bKEI=?=
Message-ID: <photo-6@example.com>
MIME-Version: 1.0
Content-Type: text/plain; charset=ISO-2022-JP
Content-Transfer-Encoding: base64

GyRCRG0kTjxMPz8kckF3JGokXiQ5ISMbKEIK
)";

constexpr std::string_view latin1 = R"(Date: Sat, 7 Feb 2026 12:00:00 +0100
From: =?iso-8859-1?Q?J=FCrgen_M=FCller?= <juergen@example.org>
To: undisclosed-recipients:;
Subject: =?iso-8859-1?Q?Gr=FC=DFe?= aus =?iso-8859-1?Q?K=F6ln?=
Message-ID: <gruesse-7@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Sch=F6ne Gr=FC=DFe aus K=F6ln. Die L=F6wenm=E4ulchen bl=FChen schon, obwohl=
 es noch schneit.
)";

constexpr std::string_view invitation = R"(Date: Sun, 8 Feb 2026 10:00:00 +0000
From: Carol <carol@example.net>
To: Garden friends: alice@example.org, bob@example.com, demo@example.org;
Subject: Invitation: spring planting
Message-ID: <invitation-8@example.net>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=cal8

--cal8
Content-Type: text/plain

Spring planting, 14 March 2026, 09:00.
--cal8
Content-Type: text/calendar; method=REQUEST; charset=UTF-8

BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:planting@example.net
DTSTART:20260314T090000Z
DTEND:20260314T120000Z
SUMMARY:Spring planting
END:VEVENT
END:VCALENDAR
--cal8--
)";

constexpr std::string_view related = R"(Date: Mon, 9 Feb 2026 14:45:00 +0100
From: Alice Example <alice@example.org>
Sender: Secretary <office@example.org>
To: Demo User <demo@example.org>
Subject: A picture in the text
Message-ID: <related-9@example.org>
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="rel-9"
Content-Language: en

--rel-9
Content-Type: text/html; charset=us-ascii

<p>Look: <img src="cid:dot@example.org" alt="a dot"></p>

--rel-9
Content-Type: image/gif
Content-Transfer-Encoding: base64
Content-ID: <dot@example.org>
Content-Disposition: inline
Content-Location: dot.gif

R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==

--rel-9--
)";

constexpr std::string_view folded = R"(Date: Tue, 10 Feb 2026 07:30:00 +0000 (GMT)
From: "Dora, the \"Gardener\"" <dora@example.com>
To: Demo User <demo@example.org>,
 Alice Example <alice@example.org>,
 Bob <bob@example.com>
Subject: A subject that is so long that it had to be folded
 over two lines
Message-ID: <folded-10@example.com>
X-Mood: cheerful

No MIME fields here at all; the text is plain.
)";

constexpr std::string_view eight_bit = R"(Date: Wed, 11 Feb 2026 19:00:00 +0000
From: Zoë <zoe@example.org>
To: demo@example.org
Subject: Raw UTF-8 — in the header
Message-ID: <utf8-11@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Ελληνικά, русский, עברית, 中文, 🌱
)";

constexpr std::string_view report = R"(Date: Thu, 12 Feb 2026 03:00:00 +0000
From: Mail Delivery System <postmaster@example.org>
To: demo@example.org
Subject: Undelivered mail
Message-ID: <report-12@example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="rep12"

--rep12
Content-Type: text/plain

Your message to nobody@example.com could not be delivered.

--rep12
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; nobody@example.com
Action: failed
Status: 5.1.1

--rep12
Content-Type: message/rfc822

From: demo@example.org
To: nobody@example.com
Subject: Are you there?

Hello?
--rep12--
)";

constexpr std::string_view draft = R"(Date: Fri, 13 Feb 2026 18:00:00 +0100
From: Demo User <demo@example.org>
To: Alice Example <alice@example.org>
Subject: Shopping list
Message-ID: <draft-13@example.org>

- gloves
- watering can
)";

constexpr std::string_view sent = R"(Date: Mon, 2 Feb 2026 13:00:00 +0100
From: Demo User <demo@example.org>
To: Alice Example <alice@example.org>
Bcc: archive@example.org
Subject: Re: Welcome to the garden project
In-Reply-To: <welcome-1@example.org>
Message-ID: <sent-14@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

See you on Thursday.
)";

constexpr std::string_view digest = R"(Date: Wed, 31 Dec 2025 23:59:59 +0000
From: Garden list <list@example.net>
To: demo@example.org
Subject: Garden digest 52
Message-ID: <digest-15@example.net>
MIME-Version: 1.0
Content-Type: multipart/digest; boundary=digest15

--digest15

From: alice@example.org
Subject: Frost

It is cold.
--digest15

From: bob@example.com
Subject: Re: Frost

Cover the roses.
--digest15--
)";

}  // namespace

const std::vector<sample_message>& sample_messages() {
  static const std::vector<sample_message> messages = {
      {"INBOX", "\\Seen \\Answered", " 2-Feb-2026 08:15:02 +0000", welcome},
      {"INBOX", "\\Seen", " 2-Feb-2026 11:40:15 +0000", reply},
      {"INBOX", "", " 3-Feb-2026 11:00:04 +0000", newsletter},
      {"INBOX", "\\Seen \\Flagged", " 4-Feb-2026 15:20:33 +0000", attachments},
      {"INBOX", "", " 5-Feb-2026 08:05:01 +0000", forwarded},
      {"INBOX", "", " 6-Feb-2026 12:30:07 +0000", japanese},
      {"INBOX", "\\Seen $Forwarded", " 7-Feb-2026 11:00:05 +0000", latin1},
      {"INBOX", "\\Flagged", " 8-Feb-2026 10:00:09 +0000", invitation},
      {"INBOX", "", " 9-Feb-2026 13:45:02 +0000", related},
      {"INBOX", "", "10-Feb-2026 07:30:03 +0000", folded},
      {"INBOX", "$Important", "11-Feb-2026 19:00:01 +0000", eight_bit},
      {"INBOX", "\\Deleted", "12-Feb-2026 03:00:00 +0000", report},
      {"Drafts", "\\Draft \\Seen", "13-Feb-2026 17:00:00 +0000", draft},
      {"Sent", "\\Seen", " 2-Feb-2026 12:00:00 +0000", sent},
      {"Archive/2025", "\\Seen", "31-Dec-2025 23:59:59 +0000", digest},
      {"Projects/Garden", "\\Seen", " 4-Feb-2026 15:20:33 +0000", attachments},
      {"Entwürfe & Pläne", "", " 7-Feb-2026 11:00:05 +0000", latin1},
      {"日本語", "\\Seen", " 6-Feb-2026 12:30:07 +0000", japanese},
  };
  return messages;
}

}  // namespace imapxx::testserver::detail

"""The messages of RFC 4475 (SIP torture tests), and what a server that is no proxy or registrar may say to each.

Written from the RFC's description of what is unusual in each. `{peer}` stands for our own host:port: the topmost Via
and the Contacts name it, so that answers come back and no name server is asked. `{branch}` is new for each sending.
"""

from dataclasses import dataclass

SDP = """\
v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.3
s=-
c=IN IP4 192.0.2.4
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
"""
SILENCE = 0
"""No answer: it is a response, or no message at all."""


@dataclass(frozen=True, slots=True)
class Torture:
    """One message. `allowed`: the statuses that are right; several where the RFC leaves it to the implementation."""

    section: str
    name: str
    text: str
    allowed: tuple[int, ...]

    def datagram(self, peer: str, branch: str) -> bytes:
        """The message as it goes out."""
        text = self.text.replace("{peer}", peer).replace("{branch}", branch)
        head, found, body = text.partition("\n\n")
        body = body.replace("\n", "\r\n")
        head = head.replace("{length}", str(len(body.encode()))).replace("\n", "\r\n")
        return (head + ("\r\n\r\n" + body if found else "")).encode(
            "latin-1" if self.name == "latin" else "utf-8"
        )


def _request(
    line: str,
    *lines: str,
    via: str = "Via: SIP/2.0/UDP {peer};branch=z9hG4bK{branch}",
    cseq: str = "",
    call_id: str = "{branch}@192.0.2.1",
    to: str = "To: <sip:user@example.com>",
    sender: str = "From: <sip:caller@example.net>;tag=3ghsd41",
    contact: str = "Contact: <sip:caller@{peer}>",
    forwards: str = "Max-Forwards: 70",
    length: str = "{length}",
    body: str = "",
) -> str:
    method = line.split()[0]
    head = [
        line,
        via,
        to,
        sender,
        f"Call-ID: {call_id}",
        cseq or f"CSeq: 8 {method}",
        contact,
        forwards,
        *lines,
    ]
    if body:
        head.append("Content-Type: application/sdp")
    head.append(f"Content-Length: {length}")
    return "\n".join(item for item in head if item) + "\n\n" + body


def _response(line: str, *lines: str, via: str = "Via: SIP/2.0/UDP {peer};branch=z9hG4bK{branch}") -> str:
    head = [line, via, "To: <sip:user@example.com>;tag=8", "From: <sip:caller@example.net>;tag=9"]
    return (
        "\n".join([*head, "Call-ID: {branch}@192.0.2.1", "CSeq: 8 INVITE", *lines, "Content-Length: 0"])
        + "\n\n"
    )


VALID = [
    Torture(
        "3.1.1.1",
        "wsinv",
        """\
INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: {branch}.wsinv.ndaksdj@192.0.2.1
Content-Length   : {length}
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    {peer};branch=z9hG4bK{branch}
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:jdrosen@{peer}> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

"""
        + SDP,
        (481,),  # its To has a tag, of a dialogue that does not exist
    ),
    Torture(
        "3.1.1.2",
        "intmeth",
        _request(
            "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
            ":&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
            "extensionHeader-!.%*+_`'~:\ufeff\u5927\u505c\u96fb",
            to='To: "BEL:\x07 NUL:\\\x00 DEL:\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
            sender="From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
            ";fromParam''~+*_!.-%=\"\u0440\u0430\u0431\u043e\u0442\u0430\";tag=_token~1'+`*%!-.",
            call_id="intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}}{{{branch}",
        ),
        (405, 501, 400),
    ),
    Torture(
        "3.1.1.3",
        "esc01",
        _request(
            "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
            to="To: sip:%75se%72@example.com",
            sender="From: <sip:I%20have%20spaces@example.net>;tag=938",
            contact="Contact: <sip:cal%6Cer@{peer};%6C%72;n%61me=v%61lue%25%34%31>",
            body=SDP,
        ),
        (200,),
    ),
    Torture(
        "3.1.1.4",
        "escnull",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "Contact: <sip:%00@{peer}>\nContact: <sip:%00%00@{peer}>\nL:0",
            to="To: sip:null-%00-null@example.com",
            sender="From: sip:null-%00-null@example.com;tag=839923423",
            contact="",
            length="{length}",
        ).replace("\nL:0", ""),
        (405,),
    ),
    Torture(
        "3.1.1.5",
        "esc02",
        _request(
            "RE%47IST%45R sip:registrar.example.com SIP/2.0",
            to='To: "%Z%45" <sip:resource@example.com>',
            sender='From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23',
        ),
        (501, 405),
    ),
    Torture(
        "3.1.1.6",
        "lwsdisp",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0", sender="From: caller<sip:caller@example.com>;tag=323"
        ),
        (200,),
    ),
    Torture(
        "3.1.1.7",
        "longreq",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            "Unknown-"
            + "Long" * 20
            + "-Name: unknown-"
            + "long" * 20
            + "-value; unknown-"
            + "long" * 20
            + "-parameter",
            *[
                f"Via: SIP/2.0/TCP sip{number}.example.com;branch=z9hG4bK{'very' * 12}{number}"
                for number in range(33, 10, -1)
            ],
            to='To: "I have a user name of '
            + "extreme " * 10
            + f'proportion"<sip:user@example.com:6000;unknownparam1={"very" * 20}longvalue;longparam{"name" * 30}'
            "=shortvalue;very" + "long" * 20 + "ParameterNameWithNoValue>",
            sender=f"From: sip:{'amazingly' * 15}longcallername@example.net;tag=12{'9' * 48}424"
            + f";unknown{'header' * 15}Name=unknown{'header' * 20}Value;unknownValueless{'param' * 20}Name",
            call_id="longreq.one" + "really" * 20 + "longcallid.{branch}",
            contact="Contact: <sip:" + "amazingly" * 15 + "longcallername@{peer}>",
            body=SDP,
        ),
        (200,),
    ),
    Torture(
        "3.1.1.8",
        "dblreq",
        _request("REGISTER sip:example.com SIP/2.0", length="0")
        + "INVITE sip:joe@example.com SIP/2.0\nt: sip:joe@example.com\nf: sip:caller@example.net;tag=141334\n"
        "Max-Forwards: 8\nCall-ID: dblreq.{branch}@192.0.2.15\nCSeq: 8 INVITE\n"
        "Via: SIP/2.0/UDP {peer};branch=z9hG4bKother{branch}\nContent-Length: 0\n\n",
        (405,),
    ),
    Torture(
        "3.1.1.9",
        "semiuri",
        _request(
            "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0",
            "Accept: application/sdp, application/pkcs7-mime, multipart/mixed, multipart/signed, message/sip,"
            " message/sipfrag",
            to="To: sip:j_user@example.com",
        ),
        (200,),
    ),
    Torture(
        "3.1.1.10",
        "transports",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0",
            "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf",
            "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj",
            "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en",
            "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee",
        ),
        (200,),
    ),
    Torture(
        "3.1.1.11",
        "mpart01",
        _request(
            "MESSAGE sip:kumiko@example.org SIP/2.0",
            "Content-Type: multipart/mixed;boundary=7a9cbec02ceef655",
        )
        + "--7a9cbec02ceef655\nContent-Type: text/plain\nContent-Transfer-Encoding: binary\n\nHello\n"
        "--7a9cbec02ceef655\nContent-Type: application/octet-stream\n\n\x01\x02\x03\n--7a9cbec02ceef655--\n",
        (405,),
    ),
    Torture(
        "3.1.1.12",
        "unreason",
        _response("SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e"),
        (SILENCE,),
    ),
    Torture("3.1.1.13", "noreason", _response("SIP/2.0 100 "), (SILENCE,)),
]

INVALID = [
    Torture(
        "3.1.2.1",
        "badinv01",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            via="Via: SIP/2.0/UDP {peer};branch=z9hG4bK{branch};;,;,,",
            contact='Contact: "Joe" <sip:joe@{peer}>;;;;',
            body=SDP,
        ),
        (400,),
    ),
    Torture(
        "3.1.2.2", "clerr", _request("INVITE sip:user@example.com SIP/2.0", body=SDP, length="9999"), (400,)
    ),
    Torture(
        "3.1.2.3", "ncl", _request("INVITE sip:user@example.com SIP/2.0", body=SDP, length="-999"), (400,)
    ),
    Torture(
        "3.1.2.4",
        "scalar02",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "Expires: 10000000000000000000000000000000000000000",
            cseq="CSeq: 36893488147419103232 REGISTER",
            forwards="Max-Forwards: 300",
            contact="Contact: <sip:user@{peer}>;expires=280297596632815",
        ),
        (400, 405),
    ),
    Torture(
        "3.1.2.5",
        "scalarlg",
        _response("SIP/2.0 503 Service Unavailable", "Retry-After: 949302838503028349304023988").replace(
            "CSeq: 8", "CSeq: 9292394834772304023312"
        ),
        (SILENCE,),
    ),
    Torture(
        "3.1.2.6",
        "quotbal",
        _request(
            "INVITE sip:user@example.com SIP/2.0", to='To: "Mr. J. User <sip:j.user@example.com>', body=SDP
        ),
        (400,),
    ),
    Torture("3.1.2.7", "ltgtruri", _request("INVITE <sip:user@example.com> SIP/2.0", body=SDP), (400,)),
    Torture("3.1.2.8", "lwsruri", _request("INVITE sip:user@example.com; lr SIP/2.0", body=SDP), (400,)),
    Torture("3.1.2.9", "lwsstart", _request("INVITE  sip:user@example.com  SIP/2.0", body=SDP), (400, 200)),
    Torture("3.1.2.10", "trws", _request("OPTIONS sip:remote-target@example.com SIP/2.0  "), (400, 200)),
    Torture(
        "3.1.2.11",
        "escruri",
        _request("INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0", body=SDP),
        (400, 200),
    ),
    Torture(
        "3.1.2.12",
        "baddate",
        _request("INVITE sip:user@example.com SIP/2.0", "Date: Fri, 01 Jan 2010 16:00:00 EST", body=SDP),
        (400, 200),
    ),
    Torture(
        "3.1.2.13",
        "regbadct",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            contact="Contact: sip:user@{peer}?Route=%3Csip:s.example.com%3E",
        ),
        (400, 405),
    ),
    Torture(
        "3.1.2.14",
        "badaspec",
        _request(
            "OPTIONS sip:user@example.org SIP/2.0", to='To: "Watson, Thomas" < sip:t.watson@example.org >'
        ),
        (400, 200),
    ),
    Torture(
        "3.1.2.15",
        "baddn",
        _request(
            "OPTIONS sip:t.watson@example.org SIP/2.0",
            sender="From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43",
        ),
        (400, 200),
    ),
    Torture("3.1.2.16", "badvers", _request("OPTIONS sip:t.watson@example.org SIP/7.0"), (505,)),
    Torture(
        "3.1.2.17",
        "mismatch01",
        _request("OPTIONS sip:user@example.com SIP/2.0", cseq="CSeq: 8 INVITE"),
        (400,),
    ),
    Torture(
        "3.1.2.18",
        "mismatch02",
        _request("NEWMETHOD sip:user@example.com SIP/2.0", cseq="CSeq: 8 INVITE"),
        (400, 501),
    ),
    Torture("3.1.2.19", "bigcode", _response("SIP/2.0 4294967301 better not break the receiver"), (SILENCE,)),
]

LAYERS = [
    Torture(
        "3.2.1",
        "badbranch",
        _request("OPTIONS sip:user@example.com SIP/2.0", via="Via: SIP/2.0/UDP {peer};branch=z9hG4bK"),
        (200, 400),
    ),
    Torture(
        "3.3.1",
        "insuf",
        "INVITE sip:user@example.com SIP/2.0\nCSeq: 193942 INVITE\nVia: SIP/2.0/UDP {peer};branch=z9hG4bK{branch}\n"
        "Content-Type: application/sdp\nContent-Length: {length}\n\n" + SDP,
        (400, SILENCE),  # without To, From and Call-ID an answer can hardly be made
    ),
    Torture(
        "3.3.2", "unkscm", _request("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0"), (416,)
    ),
    Torture("3.3.3", "novelsc", _request("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0"), (416,)),
    Torture(
        "3.3.4",
        "unksm2",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            to="To: isbn:2983792873",
            sender="From: <http://www.example.com>;tag=3234233",
            contact="Contact: <name:John_Smith>",
        ),
        (400, 405),
    ),
    Torture(
        "3.3.5",
        "bext01",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0",
            "Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis",
            "Require: nothingSupportsThis, nothingSupportsThisEither",
        ),
        (420,),
    ),
    Torture(
        "3.3.6",
        "invut",
        _request("INVITE sip:user@example.com SIP/2.0", "Content-Type: application/unknownformat")
        + "<audio>\n <pcmu port='443'/>\n</audio>\n",
        (415,),
    ),
    Torture(
        "3.3.7",
        "regaut01",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "Authorization: NoOneKnowsThisScheme opaque-data=here",
            contact="",
        ),
        (400, 401, 405),
    ),
    Torture(
        "3.3.8",
        "multi01",
        _request(
            "INVITE sip:user@company.com SIP/2.0",
            "CSeq: 59 INVITE",
            "Call-ID: other{branch}@192.0.2.1",
            "From: <sip:other@example.net>;tag=1",
            "To: <sip:other@company.com>",
            "Max-Forwards: 5",
            body=SDP,
        ),
        (400,),
    ),
    Torture(
        "3.3.9",
        "mcl01",
        _request("OPTIONS sip:user@example.com SIP/2.0", "Content-Length: 13", length="5")
        + "There's no way to know how many octets are supposed to be here.\n",
        (400,),
    ),
    Torture(
        "3.3.10",
        "bcast",
        _response("SIP/2.0 200 OK", via="Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923").replace(
            "Call-ID", "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23\nCall-ID", 1
        ),
        (SILENCE,),
    ),
    Torture(
        "3.3.11",
        "zeromf",
        _request("OPTIONS sip:user@example.com SIP/2.0", forwards="Max-Forwards: 0"),
        (200, 483),
    ),
    Torture(
        "3.3.12",
        "cparam01",
        _request("REGISTER sip:example.com SIP/2.0", contact="Contact: sip:+19725552222@{peer};unknownparam"),
        (405,),
    ),
    Torture(
        "3.3.13",
        "cparam02",
        _request(
            "REGISTER sip:example.com SIP/2.0", contact="Contact: <sip:+19725552222@{peer};unknownparam>"
        ),
        (405,),
    ),
    Torture(
        "3.3.14",
        "regescrt",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            contact="Contact: <sip:user@{peer}?Route=%3Csip:s.example.com%3E>",
        ),
        (405,),
    ),
    Torture(
        "3.3.15",
        "sdp01",
        _request("INVITE sip:user@example.com SIP/2.0", "Accept: text/nobodyKnowsThis", body=SDP),
        (406,),
    ),
    Torture(
        "3.4.1",
        "inv2543",
        "INVITE sip:UserB@example.com SIP/2.0\nVia: SIP/2.0/UDP {peer}\n"
        "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>\n"
        "From: <sip:+13035551111@ift.client.example.net;user=phone>\nTo: sip:+16505552222@ss1.example.net;user=phone\n"
        "Call-ID: {branch}@ift.client.example.com\nCSeq: 56 INVITE\nContent-Type: application/sdp\n"
        "Content-Length: {length}\n\n" + SDP,
        (200, 400),
    ),
]

MESSAGES = [*VALID, *INVALID, *LAYERS]

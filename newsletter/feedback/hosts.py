"""What certain servers mean by their answers, where it is not what others mean.

Each row is from what the provider publishes or is known for; the source stands beside it.
"""

import re

from newsletter.model.feedback import Reason


class HostRow:
    """One row: whose answer, which one, what it means. `host` is found in the name of the server
    that answered or the reader's domain, `status` and `reply` fit as a whole, `words` somewhere."""

    def __init__(
        self,
        reason: Reason,
        host: str,
        *,
        source: str,
        status: str = ".*",
        reply: str = ".*",
        words: str = "",
    ) -> None:
        self.reason = reason
        self.source = source
        self._host = re.compile(host)
        self._status = re.compile(status)
        self._reply = re.compile(reply)
        self._words = re.compile(words, re.IGNORECASE)

    def fits(self, hosts: str, status: str, reply: str, words: str) -> bool:
        return bool(
            self._host.search(hosts)
            and self._status.fullmatch(status)
            and self._reply.fullmatch(reply)
            and self._words.search(words)
        )


_MICROSOFT = r"(outlook|hotmail|office365|microsoft|exchangelabs)\.(com|de|jp)|\.live\.com"
_GOOGLE = r"google\.com|gmail\.com|googlemail\.com|googlegroups\.com"
_YAHOO = r"yahoo(dns)?\.(com|net|co)|yahoodns|aol\.com|aim\.com|verizon\.net"
_APPLE = r"(icloud|apple|me|mac)\.com\b"
_GODADDY = r"secureserver\.net"
_TENCENT = r"\bqq\.com|foxmail\.com|exmail"
_MIMECAST = r"mimecast\."
_PROOFPOINT = r"pphosted\.com|ppe-hosted|proofpoint"
_FACEBOOK = r"facebook(mail)?\.com"

HOSTS = (
    HostRow(
        Reason.NO_MAILBOX,
        "",
        source="Microsoft 365, directory based edge blocking: 550 5.4.1 Recipient address rejected:"
        " Access denied, for an address that is not in the directory",
        status=r"5\.4\.1",
        words=r"recipient address rejected: access denied",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        _MICROSOFT,
        source="Outlook.com: 550 5.5.0 Requested action not taken: mailbox unavailable",
        status=r"5\.5\.0|5\.1\.1|5\.0\.0|",
        words=r"mailbox unavailable(?!.{0,60}(polic|block|spam))",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        _MICROSOFT,
        source="Exchange: 5.1.4, 5.1.5 recipient address reserved by RFC 2606, 5.1.6 recipient"
        " addresses in single label domains not accepted",
        status=r"5\.1\.[456]",
        words=r"reserved by|single label",
    ),
    HostRow(
        Reason.NETWORK,
        _MICROSOFT,
        source="Exchange: 5.4.4 Invalid arguments, a fault of the connector",
        status=r"5\.4\.4",
        words=r"invalid arguments",
    ),
    HostRow(
        Reason.AUTHENTICATION,
        _MICROSOFT,
        source="Microsoft 365: 5.7.509 DMARC, 5.7.515 requirements, 5.7.57 and 5.7.60 login",
        status=r"5\.7\.(509|515|57|60|23|5[01]\d(?<=509))",
    ),
    HostRow(
        Reason.BLOCKED,
        _MICROSOFT,
        source="Microsoft 365: 5.7.508, 5.7.511, 5.7.606–649 banned IP addresses and senders;"
        " Outlook.com: S3140, S3150, OU-00x, SC-00x, DY-00x",
        status=r"5\.7\.(508|511|512|513|6[0-4]\d)|.*",
        words=r"banned|block list|S31[45]0|\b(OU|SC|DY)-00\d|traffic not accepted",
    ),
    HostRow(
        Reason.RATE,
        _MICROSOFT,
        source="Microsoft 365: 5.2.121, 5.2.122 the reader's limit for mail an hour; 4.7.500,"
        " 4.7.650; Outlook.com: RP-00x",
        status=r"5\.2\.12[12]|4\.7\.(500|650)|5\.1\.90",
    ),
    HostRow(
        Reason.BAD_DOMAIN,
        _MICROSOFT,
        source="Microsoft 365: 5.4.310 the domain does not exist",
        status=r"5\.4\.310",
    ),
    HostRow(
        Reason.NETWORK,
        _MICROSOFT,
        source="Microsoft 365: 5.4.312 DNS query failed, 5.4.316 connection refused, 5.4.14 and"
        " 5.4.6 loops",
        status=r"5\.4\.(312|316|14|6|317)",
    ),
    HostRow(
        Reason.RATE,
        _GOOGLE,
        source="Gmail: 5.2.1 and 4.2.1, the user is receiving mail too quickly",
        status=r"[45]\.2\.1",
        words=r"receiving (mail|messages) (too|at a rate)",
    ),
    HostRow(
        Reason.AUTHENTICATION,
        _GOOGLE,
        source="Gmail: 5.7.26, 5.7.27, 5.7.30, 5.7.32 SPF, DKIM, alignment; 5.7.29 TLS",
        status=r"[45]\.7\.(26|27|29|30|32|40)",
    ),
    HostRow(
        Reason.DISABLED,
        _YAHOO,
        source="Yahoo: 554 30 Sorry, your message cannot be delivered; this mailbox is disabled",
        words=r"mailbox is disabled|(disabled or discontinued)|554\.30",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        _YAHOO,
        source="Yahoo: 554 delivery error: dd, not a valid user / no account / mailbox not found;"
        " 552 1 Requested mail action aborted, mailbox not found, for each reader after DATA",
        words=r"dd .{0,40}(doesn't have|not a valid|no such|mailbox not found|unknown user)"
        r"|action aborted, mailbox not found",
    ),
    HostRow(
        Reason.BLOCKED,
        _YAHOO,
        source="Yahoo: 553 5.7.1 [BL21], 421 4.7.0 [TSS04], 4.7.1 [TS03]",
        words=r"\[(BL|TSS|TS|GL|CON|IPTS)\d+\]",
    ),
    HostRow(
        Reason.POLICY,
        _APPLE,
        source="Apple: 5.7.1 [CS01], [HM08], [HME1], local policy",
        words=r"\[(CS|HM|HME|HT|MA)\d+\]",
    ),
    HostRow(
        Reason.BLOCKED,
        _GODADDY,
        source="GoDaddy: IB1xx–IB7xx stand for limits and lists of addresses of servers",
        words=r"\bIB\d{3}\b",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        _GODADDY,
        source="GoDaddy: 550 Recipient not found / Account does not exist",
        words=r"recipient not found|account does not exist",
    ),
    HostRow(
        Reason.BLOCKED,
        _TENCENT,
        source="Tencent QQ: 550 Ip frequency limited, Suspected bounce attacks, Ip in blacklist",
        words=r"frequency limited|suspected|sender frequency|ip .{0,20}(black|limit)",
    ),
    HostRow(
        Reason.SPAM,
        _TENCENT,
        source="Tencent QQ: 550 Mail content denied",
        words=r"content denied|suspected spam",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        _TENCENT,
        source="Tencent QQ: 550 Mailbox not found",
        words=r"mailbox not found|account is not|recipient not found|non-?exist",
    ),
    HostRow(
        Reason.FILTERED,
        _TENCENT,
        source="Tencent QQ: 550 Mailbox unavailable or access denied is said of mailboxes that get"
        " too much, 501 Bad address syntax of either address",
        words=r"mailbox unavailable|address syntax",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        _MIMECAST,
        source="Mimecast: 550 Invalid Recipient, 501 Invalid address",
        words=r"invalid (recipient|address)",
    ),
    HostRow(
        Reason.POLICY,
        _MIMECAST,
        source="Mimecast: 550 Rejected by header based manually blocked senders / anti-spoofing;"
        " Envelope blocked; Administrative prohibition",
        words=r"blocked|anti-?spoofing|administrative prohibition|rejected by header",
    ),
    HostRow(
        Reason.BLOCKED,
        _PROOFPOINT,
        source="Proofpoint: 554 Blocked - see https://ipcheck.proofpoint.com",
        words=r"blocked|ipcheck",
    ),
    HostRow(
        Reason.FILTERED,
        _FACEBOOK,
        source="Facebook: RCP-P2 refused due to recipient preferences, RCP-P3 not accepted",
        words=r"RCP-P[23]|recipient preferences",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        _FACEBOOK,
        source="Facebook: RCP-P1, INT-P1, INT-P3, INT-P4 there is no user or group of this address",
        words=r"RCP-P1|INT-P[134]",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        r"(vtext|vzwpix)\.com",
        source="Verizon: 550 Requested action not taken: no such user here, No valid recipients,"
        " for numbers that are not theirs",
        words=r"no such user here|no valid recipients",
    ),
    HostRow(
        Reason.FILTERED,
        r"ezweb\.ne\.jp|\bau\.com",
        source="KDDI: 550 : User unknown, without the address, where the reader's filter refuses;"
        " 550 <jane@ezweb.ne.jp>: User unknown where there is nobody",
        words=r"550 : user unknown",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        r"\bcox\.net",
        source="Cox: 550 5.1.0 recipient rejected, for what is no account of theirs",
        words=r"recipient rejected",
    ),
    HostRow(
        Reason.POLICY,
        _FACEBOOK,
        source="Facebook: POL-P, POL-T, DNS-P, BLK-P, MSG-P",
        words=r"\b(POL|DNS|BLK|MSG|CON|INT|SND)-[PT]\d\b",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        "",
        source="Symantec Email Security.cloud: 542 jane@example.com Rejected, for an address that"
        " the customer did not register; nobody else answers 542",
        reply="542",
        words=r"rejected",
    ),
    HostRow(
        Reason.NO_MAILBOX,
        "",
        source="i.ua: its answers name a page, https://mail.i.ua/err/2/: no such user",
        words=r"mail\.i\.ua/err/2\b",
    ),
    HostRow(
        Reason.DISABLED,
        "",
        source="i.ua: https://mail.i.ua/err/3/: the mailbox was not used for three months",
        words=r"mail\.i\.ua/err/3\b",
    ),
    HostRow(
        Reason.POLICY,
        "",
        source="i.ua: any other page is about the sender, the letter, or limits",
        words=r"mail\.i\.ua/err/(?!4)",
    ),
)

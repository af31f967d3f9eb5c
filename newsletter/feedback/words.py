"""What servers say in words, row by row: phrase → reason, and who says so.

A phrase is a regular expression, in small letters as in large; "…" in it stands for whatever is
between two words that belong together. The first row that is found counts, so the order is from
what lies with us to what lies with the reader: "user unknown, see our blocklist" is about us.
"""

import re

from newsletter.model.feedback import Reason

_BETWEEN = ".{0,50}"


class Says:
    """One row: phrases that give one reason away, and who is known to use them."""

    def __init__(self, reason: Reason, *phrases: str, by: str) -> None:
        self.reason = reason
        self.by = by
        joined = "|".join(phrases).replace("…", _BETWEEN)
        self._pattern = re.compile(joined, re.IGNORECASE)

    def fits(self, words: str) -> bool:
        return self._pattern.search(words) is not None


_OF_US = (
    Says(
        Reason.VIRUS,
        r"\bvirus(?!free)",
        r"malware|trojan|infected|\bworm\b",
        r"dangerous attachment|banned (file|content)",
        by="amavis, ClamAV milters, InterScan, Barracuda",
    ),
    Says(
        Reason.VIRUS,
        r"(attachment|file|extension|executable)…(not (allowed|permitted)|blocked|forbidden)",
        r"potential(ly)? (security|dangerous|executable)",
        by="Gmail: blocked because its content presents a potential security issue; Exim",
    ),
    Says(
        Reason.AUTHENTICATION,
        r"\bspf\b|\bdkim\b|\bdmarc\b|\barc\b…fail|sender.?id\b|sender policy framework",
        by="RFC 7372, policyd-spf, OpenDKIM, OpenDMARC and all large providers",
    ),
    Says(
        Reason.AUTHENTICATION,
        r"unauthenticated|not authenticated|authentication (is )?(required|fail|checks?)",
        r"must (be )?authenticate|authenticat\w+ (information|requirements)|auth(entication)? fail",
        r"not (allowed|authori[sz]ed|permitted|designated) to send (mail |email )?(from|as|on beh)",
        by="Gmail 5.7.26, Microsoft RESOLVER.RST.AuthRequired, SendGrid",
    ),
    Says(
        Reason.RATE,
        r"too (many|much)…(connection|messages|mails?\b|emails|sessions|recipients|requests)",
        r"too (many|much)…(errors|from|per|in a|concurrent|invalid)",
        r"too (fast|quickly|frequent)|rate.?limit|limit…\brate\b|throttl|sending rate|slow down",
        by="Postfix anvil, Exim ratelimit, Yahoo, Comcast, Gmail 4.2.1",
    ),
    Says(
        Reason.RATE,
        r"(daily|hourly|sending|message|connection|recipient)s?…(limit|quota)…(exceed|reach|hit)",
        r"exceed…(rate|limit of \d+ messages|per (hour|day|minute)|max\w* (number|recipients))",
        r"(frequency|concurrency|connection)( is| has been)? (limited|limit)|unusual rate",
        r"(sent|sending|receiv\w+) (too many|mail too)|maximum (number of )?connections",
        r"max(imum)? (message|email|defers)\w*…(per|exceeded)|connection (refused|rate)…many",
        by="cPanel's Exim (max defers and failures per hour), Tencent QQ, Gmail 5.4.5, Amazon SES",
    ),
    Says(
        Reason.BLOCKED,
        r"AUP#|\bCX(BL|RBL|SNDR|DNS|MXRT|MJ|CNCT|TOKEN)\b|\bCDRBL\b|\bPH0\d\b",
        r"\((CON|HVU|RTR|DYN|RLY):\w\w\)|\bBL\d{6}\b|\bvade|ofr_?(10[2358]|20\d|506)\b",
        by="codes of Spectrum, Cox, Yahoo, AOL, Comcast and Orange; some stand behind a 5.1.0",
    ),
    Says(
        Reason.BLOCKED,
        r"black.?list|block.?list|deny.?list|\brbl\b|\bdnsbl\b|\bcbl\b|spamhaus|spamcop|barracuda",
        r"sorbs|spamrats|senderbase|reputation|poor…(sender|ip)|bad (sender )?(ip|host)",
        by="everybody who asks a DNS list (RFC 5782)",
    ),
    Says(
        Reason.BLOCKED,
        r"reverse.?dns|\brdns\b|\bptr\b|reverse (lookup|mapping|name|hostname|ip)|no dns a-?data",
        r"(cannot|could not|can't|unable to) (find|resolve|verify) your (hostname|reverse|ip|host)",
        r"(bad|invalid|forged|no valid) (helo|ehlo|hostname)|helo (command )?(reject|name|invalid)",
        by="sendmail's require_rdns, Postfix reject_unknown_client, MagicMail, Gmail 5.7.25",
    ),
    Says(
        Reason.BLOCKED,
        r"(ip|host|client|server|network|sender|domain|connection|address|mail|traffic)…"
        r"(is |are |was |been |being )(temporarily |currently )?(blocked|banned|listed"
        r"|blocklisted)",
        r"blocked (by|due|for|because|using|-|at|from)|has been blocked|you are blocked|banned",
        r"(client|sender|your) (host|server|ip)…(reject|denied|not (allowed|accepted))",
        r"(dynamic|residential|dial-?up|generic)…(ip|address|host|range|pool)",
        r"invalid ip|ip (address )?(not|is not) (allowed|authori[sz]ed|in)",
        by="Microsoft, Yahoo (INVALID IP FOR SENDING MAIL OF DOMAIN), Postfix, T-Online",
    ),
    Says(
        Reason.BLOCKED,
        r"deny (mail|connections?) from|(refus|reject|drop|clos|denied|deni)\w* "
        r"(your |the |this |all )?(connection|session)s? (from|due|because)",
        r"use (the|your) (smtp|mail) ?(server|relay|host) of your|your (isp|provider)'s",
        r"mail server…not (allowed|accepted|permitted)|service refused",
        r"(?<!recipient address rejected: )access denied[^a-z]*$",
        r"we do ?n[o']t accept (mail|email|messages) from|connection not (authori[sz]ed|allowed)",
        r"(mx|server|host)\w*…(does not|doesn't) accept…(from your|from this)",
        r"no (mail|smtp) (service|access) for (you|your)|not accept\w*…from (your|this) (ip|host)",
        r"not currently accepting…from your|access from ip|no access from|\bgo away\b|open proxy",
        r"(cannot|unable to) resolve your|unresolvable relay|mismatch\w* (the )?client",
        r"confirm this mail server|requires confirmation|forbidden by…(ip|rdns)|refused - see http",
        r"domain does not exist: ",  # the sender's, as far as is known
        by="sendmail's access table, Exim lists, Orange, Free",
    ),
    Says(
        Reason.SPAM,
        r"\bspam|\bspammy|anti-?spam|bulk (mail|email)|unsolicited|\bube\b|\buce\b",
        r"junk (mail|e-?mail)|bayes|spamassassin|\burib?l\b|phish|fraud|pyzor|razor|cloudmark",
        r"content (filter|reject|restriction|scan|denied)|mail content (denied|rejected)",
        r"(message|mail|content|body|subject)…(contains|classified|looks like|identified as)…"
        r"(forbidden|prohibited|inappropriate|suspicious|unwanted|banned|url)",
        r"suspicious|high(ly)? (probability|score)",
        by="SpamAssassin milters, rspamd, Cloudmark, Tencent QQ, Google Groups",
    ),
    Says(
        Reason.FULL,  # before sizes and policy: a quota is called both
        r"over.?quota|(quota|storage|space|alloc\w+|allotment)…(exceed|full|reached|exhaust"
        r"|used up)",
        r"exceed\w*…(quota|storage|disk|space|allocation|mailbox)|out of (storage|space|disk)",
        r"(mailbox|inbox|mail box|mailfolder|maildir|account|box|folder|user|disk)…\bfull\b",
        r"(mailbox|account) (size )?exceeds|(insufficient|not enough|no|low on) .{0,20}(space"
        r"|storage|disk|quota)|mailfull|boxfull",
        by="RFC 3463 X.2.2; Gmail, Yahoo, Dovecot, Cyrus, procmail",
    ),
    Says(
        Reason.SIZE,
        r"(message|mail|e-?mail|letter|data|content|body|header)…(too (big|large)"
        r"|(?<!queue )too long|larger th)",
        r"(size|length|bytes)…(exceed|too (big|large)|limit|larger|maximum)|file too (big|large)",
        r"exceed…(size|length|bytes|\bMB\b)|too (big|large) (message|mail)|taille…(max|limit)",
        r"max(imum)?.{0,10} message (size|length)|line (is )?too long",
        by="RFC 1870; Postfix, Exim, Exchange, Orange",
    ),
    Says(
        Reason.FULL,
        r"(delivery|mailbox|account)… (has )?reached…(limit|maximum)|disk quota",
        r"(storage|size|mailbox|disk) (limit|allocation)|(mailbox|account)…exceed",
        r"quotas? (violation|ex)|exceeded the local limit|(will|would) exceed|full (mail|in)box",
        r"(not|n't) (have )?(enough|sufficient)…(space|storage)|over (the |its )?(allowed )?quota",
        r"(mailbox|user)…(has|is) too (many|much) (messages|mail|data)",
        r"bo[iî]te…pleine|buz[oó]n…(lleno|cuota)|postfach…(voll|quota)|(casella|quota)…piena",
        by="Exchange, BIGLOBE, qmail's vpopmail, and the same in other languages",
    ),
    Says(
        Reason.POLICY,
        r"sender…(reject|denied|not (accept|allow)|refused|unknown|invalid|prohibited)",
        r"(domain of sender|sender('s)? (address|domain)|return.?path|from address|envelope.?from"
        r"|mail from|originator)…"
        r"(reject|does not|doesn't|not exist|invalid|unknown|denied|resolve|verif|no such|bad)",
        r"(invalid|illegal|unrout\w+|empty|null) sender|[eé]metteur|remitente|\bbatv\b"
        r"|from: domain",
        r"sender verif|verify sender|callout|call.?back|your domain|domain of your",
        r"invalid domain, see|purported responsible address|not (permitted|allowed) in from",
        r"backscatter|bounce.?deny|(third-party|unsigned) dsns?|bogus (mail|sender)|sender domain",
        r"sender not pre-approved|registered gateway|from not owned|address is not verified",
        r"empty (e-?mail|sender|envelope)|returned mail not accepted|envelope (blocked|rejected)",
        r"fully qualified (e-?mail )?address required|delivery not authori[sz]ed",
        r"addresses rejected ?: access denied",
        by="RFC 3463 X.1.7 and X.1.8; Postfix reject_unknown_sender_domain, Exim callouts, BATV,"
        " MDaemon, McAfee, SpamWall: they refuse senders that are not in their books",
    ),
    Says(
        Reason.POLICY,
        r"relay(ing)?\b…(denied|not (allowed|permitted)|prohibited|disallowed)|unable to relay",
        r"(we do not|not (permitted|allowed|authori[sz]ed) to|don't|no) relay|relay access",
        r"(?<!or user isn't in my list of allowed )rcpthost|authenticated senders only",
        r"insecure mail relay|as a relay|not an? (open relay|gateway)|relaying mail|to relay mail",
        r"requires authentication|not local host|do(n't| not) handle mail for|not local;? please",
        r"domain is not allowed",
        by="a server that is not asked for this domain: sendmail, Postfix, Exim, qmail, Exchange",
    ),
    Says(
        Reason.POLICY,
        r"\bpolic(y|ies)\b|administrative(ly)? prohibit|security (reason|setting)|violat",
        r"prohibited by|local_?scan|rejected (by|for|due to)…(filter|rule|admin|customer|content)",
        r"(message|transaction) (rejected|refused) (by|due)|refused by (the )?recipient|\bACL\b",
        r"access denied for your|not on…whitelist",
        by="Gmail, Yahoo 5.7.9, Mimecast, Exchange transport rules",
    ),
    Says(
        Reason.POLICY,
        r"not rfc|rfc ?-?(2?822|5322|compliant)(?! ?;)|compliant|header (error|syntax)",
        r"(missing|invalid|duplicate|malformed|bad|illegal)…header|8.?bit|non-?ascii",
        r"tls…(require|fail|must)|must issue a starttls|starttls (is )?required",
        by="the letter's form, or its way: Gmail 5.7.1 RFC 5322, MailMarshal, Postfix encrypt",
    ),
    Says(
        Reason.POLICY,
        r"(not (permitted|allowed|authori[sz]ed) to (send|post|submit)|only (accept|members))",
        r"restricted (sender|to)|recipient…only accepts|moderat(ed|ion)|not (a )?member",
        r"permission (denied|to (send|post))|権限がない",
        by="lists and groups: Google Groups, Exchange 5.7.124 and 5.7.133, fml, ezmlm, Mailman",
    ),
)

_OF_THE_READER = (
    Says(
        Reason.SYSTEM,
        r"command output|x-unix;|procmail|\bpipe to\b…generated|child (status|process)",
        by="a program behind the mailbox: what it says is not the server's word (Postfix, Exim)",
    ),
    Says(
        Reason.SYSTEM,  # their directory is wrong, not the address
        r"RESOLVER\.ADR\.(Ambiguous|BadPrimary|InvalidInSmtp)|several matches",
        r"ambiguous recipient|recipient name is ambiguous",
        by="Exchange, Domino",
    ),
    Says(
        Reason.FILTERED,
        r"\bon hold\b|recipient preferences|due to user rules|you have been blocked",
        r"(bounced|spam reporting) address|restricted sms|account is protected by",
        r"(?<!unknown )(?<!invalid )user reject|only accept\w* mail from (specific|known)",
        by="Facebook, AOL, AT&T, SendGrid; hosters that wait for a payment",
    ),
    Says(
        Reason.MOVED,
        r"(has|have|been) (moved|changed)…(address|to|new|mail)|user (has )?moved",
        r"no longer (on|at) (this )?server|address (has )?changed|moved to (a )?new address",
        r"(new|changed) (e-?mail )?address is|please (use|try) <?\S{1,99}@",
        r"user not local; please try|(has been|was) replaced by",
        by="RFC 5321 551, RFC 3463 X.1.6; Apple, relocated_maps of Postfix",
    ),
    Says(
        Reason.DISABLED,
        r"(account|mailbox|mail box|user|recipient|address|e-?mail|inbox|domain|customer|service)…"
        r"(disabled|de-?activated|suspended|inactive|not active|discontinued|closed|terminated"
        r"|\blocked|expired|frozen|cancel+ed|dormant|abandoned|not been (used|activated)"
        r"|invalidated)",
        r"(disabled|inactive|suspended|closed|locked|deactivated|expired|discontinued|frozen) "
        r"(mail)?(account|mailbox|user|recipient|address|box)",
        r"no longer (accept|active|in use|monitored|used|receiv)",
        r"(account|mailbox|user) (is|was|has been) blocked|compte…(d[eé]sactiv|suspendu)"
        r"|cuenta…(desactivad|suspendid)",
        by="Gmail, Yahoo, Zoho, qmail (This address no longer accepts mail), Orange",
    ),
    Says(
        Reason.BAD_DOMAIN,  # before what cannot be reached for now
        r"domain is not reachable",
        by="Hotmail's outgoing servers: 5.5.0, for a domain without DNS",
    ),
    Says(
        Reason.EXPIRED,  # the last connection that failed may stand beside it
        r"retry (time(out)?|limit|count)|(message|queue|delivery)\W{1,3}expired|QUEUE\.Expired",
        r"been in (the )?queue|gr[ea]y.?list",
        by="Exim, qmail, Exchange, IronPort; greylists (RFC 6647)",
    ),
    Says(
        Reason.NETWORK,
        r"loops? back|mail.?loop|loop detected|loop count|routing loop|too many hops|hop count",
        r"hops exceeded|points? (back )?to (localhost|local host|itself|127\.)|lowest numbered",
        r"best mx host|best-preference|NoConnector|unrouteable mail domain",
        by="a domain whose MX is set wrong: sendmail, Postfix, Exim, qmail, Exchange",
    ),
    Says(
        Reason.NETWORK,
        r"connection (was |has been |attempt )?(refused|reset|timed? ?out|timeout|dropped|closed"
        r"|lost|died|failed|broken|aborted|terminated|interrupted)",
        r"timed out|time-?out|unreachable|lost connection|no route to host|couldn't connect",
        r"(can('|no)?t|could ?n[o']t|could not|unable to|not able to|failed to|failure to"
        r"|wasn't able to) (establish|make|create|open|set up|connect|contact|reach|get|talk|start"
        r"|complete)…(connection|connect|host|server|smtp|mail exchanger|mx|to)",
        r"host (is )?down|network (error|unreachable|is down|failure)|all (hosts|routes)…"
        r"(failing|blocked)|server (is )?(down|not (responding|available))"
        r"|no (mail )?servers?…(available|respon|accept)",
        by="every server that delivers",
    ),
    Says(
        Reason.NETWORK,
        r"(dns|name) ?(server|service|resolution|lookup|query)?.{0,20}(error|fail|problem|temporar"
        r"|timeout|loop|servfail)(?!.{0,200}(host not found|NXDOMAIN|no such"
        r"|domain name not found|answer with no data))",
        r"try again later.{0,10}dns|host not found, try again|servfail",
        r"unable to (find|look ?up)…(try again|temporar)",
        by="Postfix X.4.3, sendmail, Gmail: DNS Error",
    ),
    Says(
        Reason.BAD_DOMAIN,
        r"\b(host|domain|hostname)( name)?( or domain( name)?)?[\s:]{0,2}"
        r"([\"'<(]?[\w.-]{1,80}[\"'>)]?)? ?((was|is|could|does|did|has|can)\W?)? ?(not found"
        r"|not exist|unknown|not be (found|resolved)|couldn't be (found|resolved)|n[o']t exist"
        r"|non-?existent)(?!.{0,20} user)",
        r"(unknown|no such|non-?existent|unrouteable|unroutable) "
        r"(mail |mail-?)?(host|domain|destination|address domain|mail domain)",
        r"nxdomain|no such host|host unknown|unrout(e)?able (mail )?(address|domain)",
        r"no (such )?domain|domain (must|doesn'?t) exist|not our domain|domain…not hosted"
        r"|name or service not known|(?<!5\.5\.4 )invalid domain name|domain name not found"
        r"|returned answer with no data",
        by="RFC 3463 X.1.2; Postfix X.4.4, sendmail, Exim, Exchange",
    ),
    Says(
        Reason.BAD_DOMAIN,
        r"null ?mx|doesn't receive (e?mail)|no mx( record)?|without mx|indicated no smtp service",
        r"domain…(does|do) not (accept|receive|have|handle)…(mail|mx|email)",
        r"all (relevant )?mx records point to non-?existent|no (valid )?(mail )?exchanger",
        r"(all )?host address lookups? failed|no mail (server|host)s? for|illegal host",
        r"(couldn't|cannot|could not|can('|no)t) find…(host|domain|mx|mail exchanger)",
        r"bad destination (system|host)|dominio…(no existe|inexist)",
        by="RFC 7505; Exim, qmail, OpenSMTPD, Sun's Messaging Server",
    ),
    Says(
        Reason.NO_MAILBOX,
        r"(user|recipient|mailbox|account|address|addressee|alias|member|customer|person"
        r"|local.?part|name|e-?mail|subscriber|login|id).{0,100}?(unknown|not found|not (be "
        r"|been )?"
        r"found|does ?n[o']t exist|not exist|doesn't|couldn't be found|n[o']t (a )?(known|valid"
        r"|recogni[sz]ed|listed|our|in)|no longer exist|non-?existent|nonexist|invalid"
        r"|undeliverable|isn't|incorrect|misspelled|not have|unrecogni[sz]ed|removed|deleted"
        r"|no longer (valid|exist|available|with|work)|(is|was) (wrong|bad))",
        r"(unknown|no such|invalid|bad|nonexistent|non-?existent|illegal|incorrect|unrecogni[sz]ed"
        r"|undeliverable|unlisted|wrong|no) (local |mail |e-?mail |virtual |destination |rcpt "
        r"|final )?(user|recipient|mailbox|account|address(ee)?|alias|person|local.?part|name|rcpt"
        r"|member|forward|subscriber|id\b|mail ?drop|here)",
        by="RFC 3463 X.1.1; in as many words as there are servers",
    ),
    Says(
        Reason.NO_MAILBOX,
        r"(does|do|did) not have an?…(account|mailbox)|doesn't have an?…(account|mailbox)",
        r"no (mail)?box (here )?(by|with|for) (that|this) name|no one…(by|with) that name",
        r"check if (the )?address is correct|(invalid|unknown) (final delivery )?user-?id",
        r"no valid recipients?|(user|mailbox) unavailable or|not our customer|unknown to",
        r"delivery to this user|not (a )?valid (user|recipient|mail)|can(no"
        r"|')t be delivered to this"
        r" user|there is no (such )?(user|account|mailbox|one)|no account",
        r"recipient (is )?not (ok|local|here)|recipient (is not accepted|not accepted$)",
        r"recipient address rejected: access denied|envelope recipient has been denied",
        r"domain or user isn't in|not in my valid ?rcpt|in my bad ?(rcpt|recipient) ?to",
        r"bad ?recipient|non.?existent user|mailbox is not allowed",
        by="Yahoo, qmail and its lists of readers, InterScan, IMail, Verizon, Hotmail, Symantec;"
        " Postfix and Microsoft 365 for an address that nobody may write to",
    ),
    Says(
        Reason.NO_MAILBOX,
        r"(mailbox|account) (is )?(unava\w+|not (present|available))|not present in"
        r"|bad ?rcpt ?to",
        r"(can't accept|available for( this)?|missing home|nessun) (user|utente|directory)",
        r"not (a|an) (known|local|valid|active|existing) (user|address|recipient|mailbox|e-?mail)",
        r"(\bdoes not|\bdoesn't) exist|> not found|rejected recipients|in (the "
        r"|my )?(name )?directory",
        r"not email addresses|no user record|unknown or illegal alias|Recip(ient ?)?NotFound",
        r"(bad|invalid|malformed|illegal|incorrect) (destination )?(mailbox )?(address )?syntax",
        r"5\.1\.1 .{0,20}reject|recipient (address )?rejected\.?( \(in reply|$)",
        r"in[- ]?valid recipients?|user not (known|here|local)|mailbox not (found|available here)",
        r"(no|not a) (such|valid) (a )?(user|mailbox)",
        r"requested action not taken: mailbox unavailable[^a-z]*$",
        by="Apple, Exchange (RESOLVER.ADR), OpenSMTPD, sendmail, the words of RFC 5321 550",
    ),
    Says(
        Reason.NO_MAILBOX,
        r"no existe|inexist|inconnu|unbekannt|nicht (gefunden|bekannt|existiert)|existiert nicht",
        r"sconosciut|desconocid|n[aã]o existe|adresse…invalide|okänd|неизвест|не существует"
        r"|не найден|no se encuentra en el directorio|pertori\w* dans l'annuaire|存在しない"
        r"|存在しません|見つかりません|宛先…(不明|ありません)|不存在|找不到",
        by="the same in the languages that we know of: laposte.net, 1&1, mail.ru, NTT, NetEase",
    ),
)

_OF_THEM = (
    Says(
        Reason.EXPIRED,
        r"(message|mail|queue|delivery|retry|retries)…(expired|timeout|time.?out|exceeded"
        r"|too long)",
        r"giving up(?! on)|undeliver\w+ (for|after)|too old",
        r"could not (be )?deliver\w* (for|within|in)…(hours?|days?|seconds|minutes)",
        r"(after|for|in) \d+ (hours|days)|delivery (attempts|time)",
        by="RFC 3463 X.4.7; sendmail, DragonFly, Messaging Server",
    ),
    Says(
        Reason.SYSTEM,
        r"local (configuration )?error|internal (server |software )?error|out of memory",
        r"resources? (temporarily )?unavailable|i/?o error|system (error|problem|failure|config)",
        r"(software|mailer|program|command|pipe)…(error|fail|exit|died|terminated)",
        r"temporar\w+ (fail|problem|error|unavail|reject)|unknown mailer error|EX_\w+|server error",
        r"(can('|no)t|cannot|unable to|could not) (create|open|write|append|save|execute|lock"
        r"|access|exec|read)|too many (open )?files|file system|database|backend|maintenance",
        r"service (is )?(not |un)available|status (=|of)? ?\d|exit(ed)? (status|with)"
        r"|didn't return",
        r"try again|configuration",
        by="RFC 3463 X.3; sendmail, Exim, Exchange's STOREDRV",
    ),
    Says(
        Reason.FILTERED,
        r"(recipient|user|mailbox|addressee)…(refus|reject|not accept|declin|filter|block)",
        r"(reject|refus|block|discard|filter)\w* by (the )?(recipient|user|addressee)",
        r"not accepting",
        by="Tencent QQ (Mail is rejected by recipients), Mimecast, mobile carriers",
    ),
)

WORDS = (*_OF_US, *_OF_THE_READER, *_OF_THEM)

"""Why a letter did not arrive, read out of codes and words.

Words come before codes: servers answer 5.7.1 to unknown readers and 5.1.1 to our reputation. What
lies with us, the sender, is looked for first: a reader lost to a wrong guess never comes back, one
kept too long is tried again. Rows that hold for some servers only stand in `hosts`.
"""

import re
from dataclasses import dataclass

from newsletter.feedback.hosts import HOSTS
from newsletter.model.feedback import Reason, ReportKind

_MAX_WORDS = 6_000

# What each reason says of the reader. Only what will be the same for every letter is hard.
KINDS = {
    Reason.NO_MAILBOX: ReportKind.HARD,
    Reason.MOVED: ReportKind.HARD,
    Reason.BAD_DOMAIN: ReportKind.HARD,
    Reason.DISABLED: ReportKind.HARD,
    Reason.FULL: ReportKind.SOFT,
    Reason.FILTERED: ReportKind.SOFT,
    Reason.POLICY: ReportKind.SOFT,
    Reason.BLOCKED: ReportKind.SOFT,
    Reason.SPAM: ReportKind.SOFT,
    Reason.VIRUS: ReportKind.SOFT,
    Reason.AUTHENTICATION: ReportKind.SOFT,
    Reason.RATE: ReportKind.SOFT,
    Reason.SIZE: ReportKind.SOFT,
    Reason.NETWORK: ReportKind.SOFT,
    Reason.EXPIRED: ReportKind.SOFT,
    Reason.SYSTEM: ReportKind.SOFT,
    Reason.OTHER: ReportKind.SOFT,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said of one reader.

    `words` its own, or those of whoever reports them; `status` the enhanced code (RFC 3463) and
    `reply` the code of three digits, each "" where there is none; `hosts` the names of the server
    and of the reader's domain; `story` what the reporter tells besides.
    """

    words: str
    status: str = ""
    reply: str = ""
    hosts: str = ""
    story: str = ""


def reason_for(answer: Answer) -> Reason:
    """The reason behind an answer: from what is certain to what is guessed."""
    words = plain(answer.words)
    reason = (
        _of_host(answer, words)
        or _of_words(words)
        or _CODES.get(_without_class(answer.status))
        or _of_words(plain(answer.story))
        or _REPLIES.get(answer.reply)
        or Reason.OTHER
    )
    return _weighed(reason, answer, words)


def kind_of(reason: Reason, answer: Answer) -> ReportKind:
    """What a reason says of the reader, when it was said so."""
    kind = KINDS[reason]
    return ReportKind.SOFT if kind is ReportKind.HARD and _is_for_now(answer) else kind


def plain(text: str) -> str:
    """The words of a reply on one line, without the codes that begin its lines."""
    lines = _CONTINUED.sub(" ", text[: 2 * _MAX_WORDS])
    return " ".join(lines.split())[:_MAX_WORDS]


def status_in(text: str) -> str:
    """The first enhanced code in a server's words that tells more than the class; else any; ""."""
    found = [f"{each[1]}.{each[2]}.{each[3]}" for each in _STATUS.finditer(text)]
    return next((each for each in found if not is_vague(each)), found[0] if found else "")


def is_vague(status: str) -> bool:
    """Whether a code tells no more than its class (RFC 3463 §3.1: other undefined status)."""
    return not status or status.endswith(".0.0")


def reply_in(text: str) -> str:
    """The code of three digits that a server's words begin with, or follow."""
    found = _REPLY.search(text)
    return found[1] if found else ""


def _of_host(answer: Answer, words: str) -> Reason | None:
    hosts = answer.hosts.lower()
    for row in HOSTS:
        if row.fits(hosts, answer.status, answer.reply, words):
            return row.reason
    return None


def _of_words(words: str) -> Reason | None:
    return next((reason for reason, pattern in _TABLE if pattern.search(words)), None)


def _weighed(reason: Reason, answer: Answer, words: str) -> Reason:
    """The reason, unless what was answered, or the code, forbid to hold it against the reader."""
    if KINDS[reason] is not ReportKind.HARD:
        return reason
    whole = f"{words} {plain(answer.story)}"
    if _OF_US.search(whole):
        return Reason.POLICY  # RFC 5321 §3.3: what MAIL FROM and EHLO are answered is about us
    if reason is Reason.NO_MAILBOX and not _is_about_an_address(answer, whole):
        return Reason.FILTERED
    return reason


def _is_about_an_address(answer: Answer, words: str) -> bool:
    """Whether it was the address that was refused. "Unknown user" is also what filters say of
    readers that are there, once they have seen the letter: Japanese carriers, X.2.1, X.7.1."""
    return answer.status.startswith(("5.1.", "4.1.")) or bool(_TO_RCPT.search(words))


def _is_for_now(answer: Answer) -> bool:
    return answer.status.startswith("4") or (answer.reply.startswith("4") and not answer.status)


def _without_class(status: str) -> str:
    return status.partition(".")[2]


_CONTINUED = re.compile(r"\n\s*(?:<<<\s*)?[245]\d\d[- ](?:#?[245]\.\d{1,3}\.\d{1,3}\b)?")
_STATUS = re.compile(r"(?<![\d.])#?([245])\.(\d{1,2})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.:/-])([45][0-5]\d)(?=[\s\-#:;,.]|$)(?!\.\d)")
_OF_US = re.compile(
    r"(in reply to|after|response to|answer to|like our|sent:?|during|\[)\s*(the |end of )?(smtp )?"
    r"(MAIL[ _]FROM|MAIL command|EHLO|HELO|initial connection|STARTTLS)"
    r"|>>> ?(MAIL FROM|EHLO|HELO)[^>]{0,120}<<< ?5",
    re.IGNORECASE,
)
_TO_RCPT = re.compile(
    r"RCPT[ _]TO|RCPT command|reject\w* (the )?(address|recipient)|not like recipient"
    r"|(address|recipient|user).{0,20} (was |is )?reject|invalid final delivery|unknown recipient",
    re.IGNORECASE,
)


def _row(reason: Reason, *patterns: str) -> tuple[Reason, re.Pattern[str]]:
    return reason, re.compile("|".join(patterns), re.IGNORECASE)


# The first row that is found in the words counts.
_TABLE = (
    # --- what is told of us ---
    _row(
        Reason.VIRUS,
        r"\bvirus(?!free)|malware|trojan|infected|\bworm\b|dangerous attachment|banned (file|content)",
        r"(attachment|file|extension|executable).{0,60}(not (allowed|permitted)|blocked|forbidden)",
        r"potential(ly)? (security|dangerous|executable)",
    ),
    _row(  # RFC 7372 and the codes' words; Gmail: unauthenticated; Postfix policy-spf: SPF fail
        Reason.AUTHENTICATION,
        r"\bspf\b|\bdkim\b|\bdmarc\b|\barc\b.{0,20}fail|sender.?id\b|sender policy framework",
        r"unauthenticated|not authenticated|authentication (is )?(required|failed|failure|checks?)",
        r"must (be )?authenticate|authenticat\w+ (information|requirements)|auth(entication)? fail",
        r"not (allowed|authori[sz]ed|permitted|designated) to send (mail |email )?(from|as|on behalf)",
    ),
    _row(
        Reason.RATE,
        r"too (many|much) .{0,40}(connections?|messages|mails?|emails|sessions|recipients|requests"
        r"|errors|mail|from|per|in a|concurrent|invalid)",
        r"too (fast|quickly|frequent)|rate.?limit|limit.{0,20}\brate\b|throttl|sending rate|slow down",
        r"(daily|hourly|sending|message|connection|recipient)s?.{0,24}(limit|quota).{0,24}"
        r"(exceed|reach|hit)",
        r"exceed.{0,40}(rate|limit of \d+ messages|per (hour|day|minute)|max\w* (number|recipients))",
        r"(frequency|concurrency|connection)( is| has been)? (limited|limit)|unusual rate",
        r"(sent|sending|receiv\w+) (too many|mail too)|maximum (number of )?connections",
        r"max(imum)? (message|email|defers)\w* .{0,30}(per|exceeded)|connection (refused|rate).{0,20}many",
    ),
    _row(
        Reason.BLOCKED,
        r"black.?list|block.?list|deny.?list|\brbl\b|\bdnsbl\b|\bcbl\b|spamhaus|spamcop|barracuda",
        r"sorbs|spamrats|senderbase|reputation|poor.{0,20}(sender|ip)|bad (sender )?(ip|host)",
        r"reverse.?dns|\brdns\b|\bptr\b|reverse (lookup|mapping|name|hostname|ip)|no dns a-?data",
        r"(ip|host|client|server|network|sender|domain|connection|address|mail|traffic).{0,50}"
        r"(is |are |was |been |being )(temporarily |currently )?(blocked|banned|listed|blocklisted)",
        r"blocked (by|due|for|because|using|-|at|from)|has been blocked|you are blocked|banned",
        r"(client|sender|your) (host|server|ip).{0,60}(reject|denied|not (allowed|accepted))",
        r"(cannot|could not|can't|unable to) (find|resolve|verify) your (hostname|reverse|ip|host)",
        r"(dynamic|residential|dial-?up|generic).{0,30}(ip|address|host|range|pool)",
        r"invalid ip|ip (address )?(not|is not) (allowed|authori[sz]ed|in)|deny (mail|connections?) from",
        r"(refus|reject|drop|clos|denied|deni)\w* (your |the |this |all )?(connection|session)s? "
        r"(from|due|because)",
        r"(bad|invalid|forged|no valid) (helo|ehlo|hostname)|helo (command )?(reject|name|invalid)",
        r"use (the|your) (smtp|mail) ?(server|relay|host) of your|your (isp|provider)'s",
        r"mail server.{0,40}not (allowed|accepted|permitted)|service refused|access denied[^a-z]*$",
        r"we do ?n[o']t accept (mail|email|messages) from|connection not (authori[sz]ed|allowed)",
        r"(mx|server|host)\w* .{0,30}(does not|doesn't) accept .{0,30}(from your|from this)",
        r"no (mail|smtp) (service|access) for (you|your)|not accept\w* .{0,40}from (your|this) (ip|host)",
    ),
    _row(
        Reason.SPAM,
        r"\bspam|\bspammy|anti-?spam|bulk (mail|email)|unsolicited|\bube\b|\buce\b|junk (mail|e-?mail)",
        r"bayes|spamassassin|\burib?l\b|phish|fraud|content (filter|reject|restriction|scan|denied)",
        r"(message|mail|content|body|subject).{0,40}(contains|classified|looks like|identified as).{0,40}"
        r"(forbidden|prohibited|inappropriate|suspicious|unwanted|banned|url)",
        r"mail content (denied|rejected)|suspicious|high(ly)? (probability|score)|pyzor|razor|cloudmark",
    ),
    _row(
        Reason.SIZE,
        r"(message|mail|e-?mail|letter|data|content|body|header).{0,40}(too (big|large|long)|larger than)",
        r"(size|length|bytes).{0,40}(exceed|too (big|large)|limit|larger|maximum)|file too (big|large)",
        r"exceed.{0,40}(size|length|bytes|\bMB\b)|too (big|large) (message|mail)|taille.{0,30}(max|limit)",
        r"message too (big|large|long)|max(imum)?.{0,10} message (size|length)|line (is )?too long",
    ),
    _row(
        Reason.FULL,
        r"over.?quota|(quota|storage|space|allocation|allotment).{0,60}(exceed|full|reached|exhaust|used up)",
        r"exceed\w*.{0,50}(quota|storage|disk|space|allocation|mailbox)|out of (storage|space|disk)",
        r"(mailbox|inbox|mail box|mailfolder|maildir|account|box|folder|user|disk).{0,50}\bfull\b",
        r"(insufficient|not enough|no|low on) .{0,20}(space|storage|disk|quota)|full mailbox|mailfull",
        r"(delivery|mailbox|account).{0,30} (has )?reached .{0,20}(limit|maximum)|boxfull|disk quota",
        r"(storage|size|mailbox|disk) (limit|allocation)|(mailbox|account).{0,20}exceed|quotas? (violation|ex)",
        r"bo[iî]te.{0,30}pleine|buz[oó]n.{0,30}(lleno|cuota)|postfach.{0,30}(voll|quota)|(casella|quota).{0,20}piena",
        r"(mailbox|user).{0,40}(has|is) too (many|much) (messages|mail|data)|will exceed the maximum",
    ),
    _row(
        Reason.POLICY,
        r"sender.{0,30}(reject|denied|not (accept|allow)|refused|unknown|invalid|prohibited)",
        r"(domain of sender|sender('s)? (address|domain)|return.?path|from address|envelope.?from"
        r"|mail from|originator).{0,60}"
        r"(reject|does not|doesn't|not exist|invalid|unknown|denied|resolve|verif|not accept|no such|bad)",
        r"sender verif|verify sender|callout|call.?back|your domain|domain of your",
        r"relay(ing)?\b.{0,40}(denied|not (allowed|permitted)|prohibited|disallowed)|unable to relay",
        r"(we do not|not (permitted|allowed|authori[sz]ed) to|don't|no) relay|relay access|rcpthosts"
        r"|authenticated senders only|not local;? please",
        r"\bpolic(y|ies)\b|administrative(ly)? prohibit|security (reason|setting)|violat|prohibited by"
        r"|local_?scan|not rfc|rfc ?-?(2?822|5322|compliant)|compliant|header (error|syntax)"
        r"|(missing|invalid|duplicate|malformed|bad|illegal).{0,20}header|8.?bit|non-?ascii",
        r"rejected (by|for|due to) .{0,30}(filter|rule|admin|customer|content)|tls.{0,30}(require|fail|must)",
        r"must issue a starttls|starttls (is )?required|(message|transaction) (rejected|refused) (by|due)",
        r"(not (permitted|allowed|authori[sz]ed) to (send|post|submit)|only (accept|members))",
        r"restricted (sender|to)|recipient.{0,30}only accepts|moderat(ed|ion)|\bACL\b|not on .{0,20}whitelist",
        r"permission (denied|to (send|post))|権限がない|access denied for your|local policy|refused by (the )?recipient",
    ),
    # --- what is told of the reader ---
    _row(
        Reason.MOVED,
        r"(has|have|hat|been) (moved|changed).{0,40}(address|to|new|mail)|user (has )?moved",
        r"no longer (on|at) (this )?server|address (has )?changed|moved to (a )?new address",
        r"(new|changed) (e-?mail )?address is|please (use|try) .{0,40}instead|user not local; please try",
    ),
    _row(
        Reason.DISABLED,
        r"(account|mailbox|mail box|user|recipient|address|e-?mail|inbox|domain|customer|service).{0,60}"
        r"(disabled|de-?activated|suspended|inactive|not active|discontinued|closed|terminated|locked"
        r"|expired|frozen|on hold|cancel+ed|dormant|blocked|abandoned|not been (used|activated)|invalidated)",
        r"(disabled|inactive|suspended|closed|locked|deactivated|expired|discontinued|frozen) "
        r"(mail)?(account|mailbox|user|recipient|address|box)",
        r"no longer (accept|active|in use|monitored|used|receiv)|user temporarily disabled",
        r"compte.{0,30}(d[eé]sactiv|suspendu)|cuenta.{0,30}(desactivad|suspendid)",
    ),
    _row(  # Hotmail; must stand before what cannot be reached for now
        Reason.BAD_DOMAIN,
        r"domain is not reachable",
    ),
    _row(
        Reason.NETWORK,
        r"loops? back|mail.?loop|loop detected|loop count|routing loop|too many hops|hop count|hops exceeded",
        r"connection (was |has been |attempt )?(refused|reset|timed? ?out|timeout|dropped|closed|lost|died"
        r"|failed|broken|aborted|terminated|interrupted)|timed out|time-?out|unreachable",
        r"(can('|no)?t|could ?n[o']t|could not|cannot|unable to|not able to|failed to|failure to|wasn't able to)"
        r" (establish|make|create|open|set up|connect|contact|reach|get|talk|start|complete) .{0,40}"
        r"(connection|connect|host|server|smtp|mail exchanger|mx|to)|lost connection|no route to host",
        r"couldn't connect|(dns|name) ?(server|service|resolution|lookup|query)?.{0,20}(error|fail|problem"
        r"|temporar|timeout|loop|servfail)(?!.{0,60}(host not found|NXDOMAIN|no such))|host (is )?down",
        r"points? (back )?to (localhost|local host|itself|127\.)|lowest numbered|best mx host|MX .{0,20}local",
        r"network (error|unreachable|is down|failure)|server (is )?(down|not (responding|available))"
        r"|no (mail )?servers? .{0,30}(available|respon|accept)|dns error|try again later.{0,10}dns",
        r"unable to (find|look ?up) .{0,40}(try again|temporar)|host not found, try again|servfail",
    ),
    _row(
        Reason.BAD_DOMAIN,
        r"(host|domain|hostname)( name)?( or domain( name)?)?.{0,80}(not found|not exist|unknown|not be found|"
        r"couldn't be (found|resolved)|n[o']t exist|non-?existent|invalid)",
        r"(unknown|invalid|no such|bad|non-?existent|illegal|unrouteable|unroutable|nonexistent) (mail |mail-?)?"
        r"(host|domain|destination|address domain|mail domain)|nxdomain|no such host|host unknown",
        r"unrout(e)?able (mail )?(address|domain)|all (relevant )?mx records point to non-?existent",
        r"null ?mx|doesn't receive (e?mail)|domain.{0,60}(does|do) not (accept|receive|have|handle) .{0,20}"
        r"(mail|mx|email)|no mx( record)?|without mx|no (valid )?(mail )?exchanger|couldn't find any host",
        r"(all )?host address lookups? failed|no mail (server|host)s? for|domain .{0,60}not hosted",
        r"bad destination (system|host)|can('|no)t find .{0,30}(domain|host)|name or service not known",
        r"(couldn't|cannot|could not) find .{0,20}(host|domain|mx|mail exchanger)|not our domain",
        r"address couldn't be found.{0,40}domain|no (such )?domain|dominio.{0,30}(no existe|inexist)",
    ),
    _row(
        Reason.NO_MAILBOX,
        r"(user|recipient|mailbox|account|address|addressee|alias|member|customer|person|local.?part|name"
        r"|e-?mail|subscriber|login|id).{0,100}?(unknown|not found|not (be |been )?found|does ?n[o']t exist"
        r"|not exist|doesn't|couldn't be found|n[o']t (a )?(known|valid|recogni[sz]ed|listed|our|in)|no longer exist"
        r"|non-?existent|nonexist|invalid|undeliverable|isn't|incorrect|misspelled|not have|unrecogni[sz]ed"
        r"|removed|deleted|no longer (valid|exist|available|with|work)|(is|was) (wrong|bad))",
        r"(unknown|no such|invalid|bad|nonexistent|non-?existent|illegal|incorrect|unrecogni[sz]ed|undeliverable"
        r"|unlisted|wrong|no) "
        r"(local |mail |e-?mail |virtual |destination |rcpt |final )?(user|recipient|mailbox|account|address(ee)?|"
        r"alias|person|local.?part|name|rcpt|member|forward|subscriber|id\b|mail ?drop|here)",
        r"(user|mailbox) unavailable or|not our customer|no (mail)?box (here )?(by|with|for) (that|this) name",
        r"(does|do|did) not have an? .{0,40}(account|mailbox)|doesn't have an? .{0,40}(account|mailbox)",
        r"no one .{0,40}(by|with) that name|unknown to|delivery to this user|not (a )?valid (user|recipient|mail)",
        r"(bad|invalid|malformed|illegal|incorrect) (destination )?(mailbox )?(address )?syntax|RecipNotFound"
        r"|recipientnotfound|ADR\.|5\.1\.1 .{0,20}reject|no existe|inexist|inconnu|unbekannt|nicht (gefunden|bekannt|"
        r"existiert)|existiert nicht|sconosciut|desconocid|n[aã]o existe|adresse.{0,20}invalide|okänd|неизвест"
        r"|не существует|не найден|存在しない|存在しません|見つかりません|宛先.{0,12}(不明|ありません)|不存在|找不到",
        r"in[- ]?valid recipients?|user not (known|here|local)|no account|mailbox not (found|available here)"
        r"|recipient (is )?not|can(no|')t be delivered to this user|there is no (such )?(user|account|mailbox|one)",
        r"(no|not a) (such|valid) (a )?(user|mailbox)|requested action not taken: mailbox unavailable[^a-z]*$",
    ),
    # --- what is told of them ---
    _row(
        Reason.EXPIRED,
        r"(message|mail|queue|delivery|retry|retries).{0,40}(expired|timeout|time.?out|exceeded|too long)",
        r"retry (time(out)?|limit|count)|giving up|could not (be )?deliver\w* (for|within|in) .{0,30}"
        r"(hours?|days?|seconds|minutes)|been in (the )?queue|QUEUE\.Expired|too old|undeliver\w+ (for|after)",
        r"gr[ea]y.?list|(after|for|in) \d+ (hours|days)|delivery (attempts|time)",
    ),
    _row(
        Reason.SYSTEM,
        r"local (configuration )?error|internal (server |software )?error|resources? (temporarily )?unavailable",
        r"i/?o error|system (error|problem|failure|config)|(software|mailer|program|command|pipe).{0,30}"
        r"(error|fail|exit|died|terminated)|out of memory|temporar\w+ (fail|problem|error|unavail|reject)",
        r"(can('|no)t|cannot|unable to|could not) (create|open|write|append|save|execute|lock|access|exec|read)"
        r"|too many (open )?files|file system|database|backend|service (is )?(not |un)available|maintenance",
        r"status (=|of)? ?\d|exit(ed)? (status|with)|unknown mailer error|didn't return|EX_\w+|server error",
        r"try again|configuration",
    ),
    _row(
        Reason.FILTERED,
        r"(recipient|user|mailbox|addressee).{0,60}(refus|reject|not accept|declin|filter|block)",
        r"(reject|refus|block|discard|filter)\w* by (the )?(recipient|user|addressee)|not accepting",
    ),
)

# RFC 3463 and the registry of enhanced codes, without the class: whether it lasts is weighed apart.
_CODES = {
    "1.0": Reason.NO_MAILBOX,
    "1.1": Reason.NO_MAILBOX,
    "1.2": Reason.BAD_DOMAIN,
    "1.3": Reason.NO_MAILBOX,
    "1.6": Reason.MOVED,
    "1.7": Reason.POLICY,  # the sender's address
    "1.8": Reason.POLICY,
    "1.10": Reason.BAD_DOMAIN,  # RFC 7505; Microsoft: not in the directory. Hard both ways
    # X.2.1 is said of mailboxes that are disabled, and of those whose owner filters: not certain.
    "2.1": Reason.FILTERED,
    "2.2": Reason.FULL,
    "2.3": Reason.SIZE,
    "2.4": Reason.SYSTEM,
    "3.0": Reason.SYSTEM,
    "3.1": Reason.SYSTEM,
    "3.2": Reason.SYSTEM,
    "3.3": Reason.SYSTEM,
    "3.4": Reason.SIZE,
    "3.5": Reason.SYSTEM,
    "4.0": Reason.NETWORK,
    "4.1": Reason.NETWORK,
    "4.2": Reason.NETWORK,
    "4.3": Reason.NETWORK,
    "4.4": Reason.BAD_DOMAIN,  # Postfix and sendmail: no host of that name
    "4.5": Reason.RATE,
    "4.6": Reason.NETWORK,
    "4.7": Reason.EXPIRED,
    "5.0": Reason.SYSTEM,
    "5.1": Reason.SYSTEM,
    "5.2": Reason.SYSTEM,
    "5.3": Reason.RATE,
    "5.4": Reason.SYSTEM,
    "5.5": Reason.SYSTEM,
    "7.8": Reason.AUTHENTICATION,
    "7.20": Reason.AUTHENTICATION,  # RFC 7372 §3
    "7.21": Reason.AUTHENTICATION,
    "7.22": Reason.AUTHENTICATION,
    "7.23": Reason.AUTHENTICATION,
    "7.24": Reason.AUTHENTICATION,
    "7.25": Reason.BLOCKED,  # reverse DNS
    "7.26": Reason.AUTHENTICATION,
    "7.27": Reason.POLICY,  # RFC 7505 §4.2: our domain has a null MX
    "7.28": Reason.RATE,
    **dict.fromkeys(("6.0", "6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.7"), Reason.POLICY),
    **dict.fromkeys((f"7.{detail}" for detail in (0, 1, 2, 3, 4, 5, 6, 7, 9, *range(10, 18))), Reason.POLICY),
}

# RFC 5321 §4.2.3. 550 and 553 alone tell nothing that could be held against a reader.
_REPLIES = {
    "421": Reason.SYSTEM,
    "450": Reason.SYSTEM,
    "451": Reason.SYSTEM,
    "452": Reason.SYSTEM,
    "454": Reason.SYSTEM,
    "530": Reason.AUTHENTICATION,
    "535": Reason.AUTHENTICATION,
    "551": Reason.MOVED,
    "552": Reason.FULL,
    "556": Reason.BAD_DOMAIN,  # RFC 7504 §4
}

"""What other programs export, a few readers each, with the columns as they have them."""

import io
import zipfile
from collections.abc import Mapping

_MAILCHIMP = (
    '"Email Address","First Name","Last Name",City,{more}MEMBER_RATING,OPTIN_TIME,OPTIN_IP,'
    "CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,"
    "LEID,EUID,NOTES,TAGS\n"
)
_CHIMP_ROW = (
    '{email},{first},{last},{city},{more}2,,,"2024-03-14 09:14:00",192.0.2.7,40.4,-3.7,1,2,{zone},'
    '{country},MD,"2025-01-01 00:00:00",1,e1,,{tags}\n'
)


def mailchimp_rows(*emails: str, more: str = "", filled: str = "", **changes: str) -> str:
    """A file of its ZIP: `more` columns with what is `filled` into them."""
    values = {"first": "Ann", "last": "Lee", "city": "León", "zone": "", "country": "", "tags": ""}
    rows = [_CHIMP_ROW.format(email=each, more=filled, **{**values, **changes}) for each in emails]
    return _MAILCHIMP.format(more=more) + "".join(rows)


def zipped(files: Mapping[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def mailchimp_zip(
    subscribed: str = "ann@example.com",
    unsubscribed: str = "ben@example.com",
    cleaned: str = "c@example.com",
) -> bytes:
    return zipped(
        {
            "subscribed_members_export_1f2e.csv": mailchimp_rows(
                subscribed, zone="America/New_york", tags='"""vip"",""press club"""'
            ),
            "unsubscribed_members_export_1f2e.csv": mailchimp_rows(
                unsubscribed,
                more="UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,",
                filled='"2024-05-01 10:00:00",May,"NORMAL",',
            ),
            "cleaned_members_export_1f2e.csv": mailchimp_rows(
                cleaned,
                more="CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,",
                filled='"2024-05-01 10:00:00",May,',
            ),
            "nonsubscribed_members_export_1f2e.csv": mailchimp_rows("shop@example.com"),
        }
    )


MAILPOET = (
    '\ufeff"Email","First name","Last name","Subscription time","List status","Global status",'
    '"Shoe size","List"\n'
    '"ann@example.com","Ann \\"A.\\"","Lee","2024-03-14 09:14:00","subscribed","subscribed",'
    '"38","News"\n'
    '"ann@example.com","Ann \\"A.\\"","Lee","2024-03-14 09:14:00","subscribed","subscribed",'
    '"38","Art"\n'
    '"ben@example.com","Ben","","2024-03-14 09:14:00","subscribed","unsubscribed","","News"\n'
    '"c@example.com","","","2024-03-14 09:14:00","unconfirmed","unconfirmed","","News"\n'
    '"d@example.com","","","2024-03-14 09:14:00","subscribed","bounced","","News"\n'
)
LISTMONK = (
    "uuid,email,name,attributes,status,created_at,updated_at\n"
    'u1,ann@example.com,Ann Lee,"{""city"": ""León"", ""age"": 41, ""tags"": [""vip""]}",enabled,'
    "2024-03-14 09:14:00 +0000 UTC,2024-03-14 09:14:00 +0000 UTC\n"
    "u2,ben@example.com,Ben,{},blocklisted,,\n"
    "u3,c@example.com,Cid,not json,disabled,,\n"
)
GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,"
    "deleted_at,labels,tiers\n"
    '1,ann@example.com,Ann Lee,nice,true,false,,2024-03-14T09:14:00.000Z,,"vip,press",Gold\n'
    "2,ben@example.com,Ben,,false,false,,2024-03-14T09:14:00.000Z,,,\n"
)
SUBSTACK = (
    "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
    "ann@example.com,false,,other,false,2024-03-14T09:14:00.000Z,\n"
    "ben@example.com,true,2027-01-01,yearly,true,2024-03-14T09:14:00.000Z,2024-04-01\n"
)
SUBSTACK_PAGE = (
    "Email,Name,Type,Stripe plan,Start date,Emails received (6mo),Country\n"
    "ann@example.com,Ann Lee,Author,,2024-03-14T09:14:00.000Z,12,FR\n"
)
KEILA = (
    "Email,First name,Last name,Data,Status,External ID\n"
    'ann@example.com,Ann,Lee,"{""city"": ""León""}",active,7\n'
    "ben@example.com,Ben,,,unsubscribed,\n"
    "c@example.com,,,,unreachable,\n"
)

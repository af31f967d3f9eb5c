"""Providers that tell by webhook what came back: Amazon SES, Mailgun, Postmark, SendGrid.

In: a call as it came, and what was agreed on with the provider. Out: what it says of readers, or
why it is refused. A module for each provider, pure; where one names a certificate, the door is
given. Must not know: readers, the store, the web server.
"""

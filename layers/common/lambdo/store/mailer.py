"""Mails on their way: given to Amazon SES. What they say is in `lambdo.mail`."""

from lambdo.store import aws
from lambdo.store.error_codes import Meaning


class MailError(Exception):
    """SES did not take a mail. It says the error's code alone: SES's own messages name addresses."""


class MailRefusedError(MailError):
    """SES has something against this mail or its recipient; another attempt would be refused as well."""


def send(sender: str, recipient: str, subject: str, text: str, html: str) -> None:
    """Give a mail to SES. One call; raises MailError.

    SES takes a mail to an address on its suppression list too, and drops it:
    https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
    """
    body = {"Text": _content(text), "Html": _content(html)}
    mail = {"Simple": {"Subject": _content(subject), "Body": body}}
    destination = {"ToAddresses": [recipient]}
    try:
        aws.call("sesv2", "send_email", FromEmailAddress=sender, Destination=destination, Content=mail)
    except aws.AwsError as error:
        raise (MailRefusedError if error.meaning is Meaning.REFUSED else MailError)(error.code) from None


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}

"""What each error code of DynamoDB, SSM and SES means here; table.py does something about it.

The codes are those that botocore's service models declare for the operations used, and those of AWS's pages:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final


class Meaning(IntEnum):
    """What comes of an error. Of the several reasons that may cancel one transaction, the first in this order decides."""

    CONDITION = 1  # the item is in another state: the service answers 404, 409 or 412, or tries again
    FAULT = 2  # of ours or of the deployment, and no repetition cures it: 500, logged
    FULL = 3  # the user's items take all the room there is: 409
    MISSING = 4  # a parameter that does not exist: None
    REFUSED = 5  # SES has something against this mail or its recipient: the mail is given up
    CONFLICT = 6  # another write was at the same item; botocore repeats none of these, so we do: at last 503
    THROTTLED = 7  # more than the table, the account or SES takes now; botocore has repeated it as often as may be: 503
    TRANSIENT = 8  # AWS's own trouble, repeated likewise: 503


MEANINGS: Final[dict[str, Meaning]] = {
    # DynamoDB, a single write
    "ConditionalCheckFailedException": Meaning.CONDITION,
    "ItemCollectionSizeLimitExceededException": Meaning.FULL,
    "TransactionConflictException": Meaning.CONFLICT,
    "ReplicatedWriteConflictException": Meaning.TRANSIENT,  # of global tables; botocore repeats it
    # DynamoDB, a transaction
    "IdempotentParameterMismatchException": Meaning.FAULT,
    "TransactionCanceledException": Meaning.FAULT,  # unless it says why, below
    "TransactionInProgressException": Meaning.TRANSIENT,  # an attempt of ours whose answer was lost is still at it
    # DynamoDB, the reasons why a transaction is cancelled
    "AccessDenied": Meaning.FAULT,
    "ConditionalCheckFailed": Meaning.CONDITION,
    "DuplicateItem": Meaning.FAULT,
    "InternalServerError": Meaning.TRANSIENT,
    "ItemCollectionSizeLimitExceeded": Meaning.FULL,
    "ProvisionedThroughputExceeded": Meaning.THROTTLED,
    "RequestLimitExceeded": Meaning.THROTTLED,
    "ResourceNotFound": Meaning.FAULT,
    "ThrottlingError": Meaning.THROTTLED,
    "TransactionConflict": Meaning.CONFLICT,
    "ValidationError": Meaning.FAULT,
    # DynamoDB, any operation
    "IncompleteSignatureException": Meaning.FAULT,
    "LimitExceededException": Meaning.THROTTLED,  # SES, too: the quota of mails a day
    "MissingAuthenticationTokenException": Meaning.FAULT,
    "ProvisionedThroughputExceededException": Meaning.THROTTLED,
    "ResourceInUseException": Meaning.FAULT,
    "ResourceNotFoundException": Meaning.FAULT,
    "ThrottlingException": Meaning.THROTTLED,
    "UnrecognizedClientException": Meaning.FAULT,
    "ValidationException": Meaning.FAULT,
    # SSM
    "HierarchyLevelLimitExceededException": Meaning.FAULT,
    "HierarchyTypeMismatchException": Meaning.FAULT,
    "IncompatiblePolicyException": Meaning.FAULT,
    "InvalidAllowedPatternException": Meaning.FAULT,
    "InvalidKeyId": Meaning.FAULT,  # KMS has no such key, or it is switched off
    "InvalidPolicyAttributeException": Meaning.FAULT,
    "InvalidPolicyTypeException": Meaning.FAULT,
    "ParameterAlreadyExists": Meaning.FAULT,
    "ParameterLimitExceeded": Meaning.FAULT,
    "ParameterMaxVersionLimitExceeded": Meaning.FAULT,
    "ParameterNotFound": Meaning.MISSING,
    "ParameterPatternMismatchException": Meaning.FAULT,
    "ParameterVersionNotFound": Meaning.FAULT,
    "PoliciesLimitExceededException": Meaning.FAULT,
    "TooManyUpdates": Meaning.CONFLICT,
    "UnsupportedParameterType": Meaning.FAULT,
    # SES: https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html
    "AccountSuspendedException": Meaning.FAULT,
    "BadRequestException": Meaning.REFUSED,
    "MailFromDomainNotVerifiedException": Meaning.FAULT,
    "MessageRejected": Meaning.REFUSED,
    "NotFoundException": Meaning.FAULT,
    "SendingPausedException": Meaning.FAULT,
    "TooManyRequestsException": Meaning.THROTTLED,
    # any service
    "AccessDeniedException": Meaning.FAULT,
    "ExpiredTokenException": Meaning.FAULT,
    "IncompleteSignature": Meaning.FAULT,
    "InternalFailure": Meaning.TRANSIENT,
    "MalformedHttpRequestException": Meaning.FAULT,
    "NotAuthorized": Meaning.FAULT,
    "OptInRequired": Meaning.FAULT,
    "RequestAbortedException": Meaning.TRANSIENT,
    "RequestEntityTooLargeException": Meaning.FAULT,
    "RequestExpired": Meaning.FAULT,
    "RequestTimeoutException": Meaning.TRANSIENT,
    "ServiceUnavailable": Meaning.TRANSIENT,
    "UnknownOperationException": Meaning.FAULT,
}


def meaning(codes: Iterable[str], status: int) -> Meaning:
    """Return what comes of these codes; an unknown one means what its HTTP status says."""
    unknown = (
        Meaning.THROTTLED if status == 429 else Meaning.TRANSIENT if status >= 500 or status == 408 else Meaning.FAULT
    )
    return min(MEANINGS.get(code, unknown) for code in codes)

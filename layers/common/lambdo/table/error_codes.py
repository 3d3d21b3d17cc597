"""The meaning of each error code of DynamoDB, SSM and SES; `aws` and `calls` act on it.

The codes are those that botocore's service models declare for the operations used, and those on AWS's pages:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final


class Meaning(IntEnum):
    """The meaning of an error. If a transaction was cancelled for several reasons, the first in this order decides."""

    CONDITION = 1  # the item is in another state: a service raises 404, 409 or 412, or retries
    FAULT = 2  # a fault of ours or of the deployment, which no retry cures: 500, logged
    FULL = 3  # the user's items have reached the size limit: 409
    MISSING = 4  # the parameter does not exist: None
    REFUSED = 5  # SES rejects this email or its recipient: it is not sent
    CONFLICT = 6  # another request was writing the same item; botocore does not retry this, so we do, then 503
    THROTTLED = 7  # over a limit of the table, the account or SES; botocore has used up its retries: 503
    TRANSIENT = 8  # a failure inside AWS; botocore has used up its retries: 503


MEANINGS: Final[dict[str, Meaning]] = {
    # DynamoDB, a single write
    "ConditionalCheckFailedException": Meaning.CONDITION,
    "ItemCollectionSizeLimitExceededException": Meaning.FULL,
    "TransactionConflictException": Meaning.CONFLICT,
    "ReplicatedWriteConflictException": Meaning.TRANSIENT,  # of global tables; botocore retries it
    # DynamoDB, a transaction
    "IdempotentParameterMismatchException": Meaning.FAULT,
    "TransactionCanceledException": Meaning.FAULT,  # unless it has reasons, below
    "TransactionInProgressException": Meaning.TRANSIENT,  # an attempt whose response was lost is still running
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
    "LimitExceededException": Meaning.THROTTLED,  # also of SES: the daily quota of emails
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
    "InvalidKeyId": Meaning.FAULT,  # the KMS key does not exist or is disabled
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
    """Return the meaning of these codes; for an unknown code, the HTTP status decides."""
    unknown = (
        Meaning.THROTTLED if status == 429 else Meaning.TRANSIENT if status >= 500 or status == 408 else Meaning.FAULT
    )
    return min(MEANINGS.get(code, unknown) for code in codes)

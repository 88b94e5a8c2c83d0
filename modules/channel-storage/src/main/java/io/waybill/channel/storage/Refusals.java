package io.waybill.channel.storage;

import static java.util.Map.entry;

import io.waybill.domain.Reason;
import java.util.Map;
import java.util.Optional;

/**
 * What a store's refusal means. Its error code is looked up here, so that only words of this list
 * reach a message: what a store writes there could repeat a credential.
 */
final class Refusals {
  private Refusals() {}

  /**
   * What to make of it.
   *
   * @param forGood another try would end the same way
   */
  record Refusal(boolean forGood, Reason reason, String message) {}

  private record Known(boolean forGood, String words) {}

  private static final Map<String, Known> BY_CODE =
      Map.ofEntries(
          // For now
          entry("SlowDown", forNow("asks to slow down")),
          entry("ServiceUnavailable", forNow("is not available")),
          entry("InternalError", forNow("failed inside")),
          entry("RequestTimeout", forNow("waited too long for the data")),
          entry("Throttling", forNow("asks to slow down")),
          entry("ThrottlingException", forNow("asks to slow down")),
          entry("TooManyRequests", forNow("asks to slow down")),
          entry("RequestLimitExceeded", forNow("asks to slow down")),
          entry("BandwidthLimitExceeded", forNow("asks to slow down")),
          entry("KMS.ThrottlingException", forNow("asks to slow down: KMS is busy")),
          entry("OperationAborted", forNow("is busy with another request for this object")),
          entry(
              "ConditionalRequestConflict", forNow("is busy with another request for this object")),
          entry(
              "TemporaryRedirect",
              forNow("is still moving the bucket; redirects are not followed")),
          entry("BadDigest", forNow("got other bytes than were sent")),
          entry("XAmzContentSHA256Mismatch", forNow("got other bytes than were sent")),
          entry("XAmzContentChecksumMismatch", forNow("got other bytes than were sent")),
          entry("IncompleteBody", forNow("got fewer bytes than were sent")),
          entry(
              "RequestTimeTooSkewed",
              forNow("has another time than this machine: set this machine's clock")),
          // Sessions end; the next one comes with an update, and what waits for it is not lost.
          entry(
              "ExpiredToken",
              forNow("says that the session is over: update the destination with new credentials")),
          entry(
              "TokenRefreshRequired",
              forNow("says that the session is over: update the destination with new credentials")),
          entry(
              "ExpiredTokenException",
              forNow("says that the session is over: update the destination with new credentials")),
          // For good
          entry(
              "NoSuchBucket", forGood("has no such bucket: make it, or correct the bucket's name")),
          entry("InvalidBucketName", forGood("has no bucket of such a name")),
          entry(
              "AccessDenied",
              forGood(
                  "does not let these credentials write there: they need s3:PutObject and"
                      + " s3:GetObject, with Object Lock s3:PutObjectRetention, with tags"
                      + " s3:PutObjectTagging, and with a KMS key kms:GenerateDataKey")),
          entry("InvalidTag", forGood("does not take the tags")),
          entry("NoSuchUpload", forNow("no longer knows the upload that was under way")),
          entry("InvalidPart", forNow("lost a part of the object")),
          entry("InvalidPartOrder", forNow("lost a part of the object")),
          entry("AllAccessDisabled", forGood("has disabled all access to the bucket")),
          entry("AccountProblem", forGood("has a problem with the account")),
          entry("NotSignedUp", forGood("has no account for these credentials")),
          entry("InvalidClientTokenId", forGood("does not know the access key id")),
          entry("RegionDisabledException", forGood("is switched off for this account")),
          entry("InvalidAccessKeyId", forGood("does not know the access key id")),
          entry("SignatureDoesNotMatch", forGood("says that the secret access key is not right")),
          entry("InvalidToken", forGood("says that the session token is not right")),
          entry(
              "AuthorizationHeaderMalformed",
              forGood("takes no signature for this region: correct the region")),
          entry("InvalidSecurity", forGood("does not accept the credentials")),
          entry("QuotaExceeded", forGood("has no room left for this bucket")),
          entry("XMinioAdminBucketQuotaExceeded", forGood("has no room left for this bucket")),
          entry("EntityTooLarge", forGood("takes no object of this size")),
          entry("KeyTooLongError", forGood("takes no key of this length: shorten the path")),
          entry("MetadataTooLarge", forGood("takes no metadata of this size")),
          entry("InvalidStorageClass", forGood("has no such storage class")),
          entry("InvalidEncryptionAlgorithmError", forGood("cannot encrypt in this way")),
          entry("KMS.DisabledException", forGood("says that the KMS key is disabled")),
          entry("KMS.NotFoundException", forGood("says that there is no such KMS key")),
          entry("KMS.KMSInvalidStateException", forGood("says that the KMS key cannot be used")),
          entry("InvalidRequest", forGood("takes no such request")),
          entry("InvalidArgument", forGood("takes no such request")),
          entry("MalformedSecurityHeader", forGood("takes no such request")),
          entry("MethodNotAllowed", forGood("does not let objects be written there")),
          entry(
              "NotImplemented",
              forGood(
                  "cannot do something that was asked of it: conditional"
                      + " writes (If-None-Match), SHA-256 checksums, encryption, tags or parts")));

  private static final String SKEWED = "RequestTimeTooSkewed";

  /** Whether the clock of this machine, or the store's, is off: somebody must act. */
  static boolean isClockSkew(Optional<String> code) {
    return code.filter(SKEWED::equals).isPresent();
  }

  /**
   * What the answer means.
   *
   * @param code as the store wrote it
   */
  static Refusal of(int status, Optional<String> code, String host) {
    Optional<Known> known = code.map(BY_CODE::get);
    boolean forGood = known.map(Known::forGood).orElse(isForGood(status));
    if (status / 100 == 3 && forGood) {
      return new Refusal(
          true,
          Reason.REDIRECT_REFUSED,
          host
              + " answered "
              + status
              + ": the bucket is in another region, correct the region; redirects are never"
              + " followed");
    }
    String message =
        known
            .map(words -> host + " " + words.words() + " (" + code.orElse("") + ")")
            .orElseGet(() -> host + " answered " + status);
    return new Refusal(
        forGood, forGood ? Reason.STORAGE_PERMANENT : Reason.STORAGE_TRANSIENT, message);
  }

  private static boolean isForGood(int status) {
    return switch (status) {
      // Conditional writes at the same time; time-outs; throttling.
      case 408, 409, 425, 429 -> false;
      case 501 -> true;
      default -> status >= 300 && status < 500;
    };
  }

  private static Known forNow(String words) {
    return new Known(false, words);
  }

  private static Known forGood(String words) {
    return new Known(true, words);
  }
}

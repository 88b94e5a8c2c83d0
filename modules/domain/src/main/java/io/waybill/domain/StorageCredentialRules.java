package io.waybill.domain;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a store's credentials, and Amazon's anywhere, must look like, so that a slip shows before it
 * is sealed.
 */
final class StorageCredentialRules {
  private StorageCredentialRules() {}

  private static final Pattern AMAZON_KEY_ID = Pattern.compile("[A-Z0-9]{16,128}");
  private static final Pattern AMAZON_ISSUED = Pattern.compile("(AKIA|ASIA).*");
  private static final int AMAZON_ISSUED_LENGTH = 20;
  private static final Pattern AMAZON_SECRET = Pattern.compile("[A-Za-z0-9/+=]{40,128}");

  /**
   * Stores that are not Amazon's have keys of all kinds; what has a meaning in a header is none.
   */
  private static final Pattern OTHER_KEY_ID = Pattern.compile("[A-Za-z0-9._:@+=-]{3,128}");

  private static final Pattern OTHER_SECRET = Pattern.compile("[!-~]{8,256}");
  private static final Pattern TOKEN = Pattern.compile("[!-~]{1,4096}");

  static List<FieldError> check(String name, String value, boolean hasEndpoint) {
    String field = "config." + name;
    Optional<FieldError> unset =
        UnsetCredential.check(field, UnsetCredential.ANY_CREDENTIAL, value);
    if (unset.isPresent()) {
      return List.of(unset.get());
    }
    return switch (name) {
      case StorageConfig.ACCESS_KEY_ID -> checkKeyId(field, value, hasEndpoint);
      case StorageConfig.SECRET_ACCESS_KEY -> checkSecret(field, value, hasEndpoint);
      case StorageConfig.SESSION_TOKEN -> checkToken(field, value);
      default -> throw new IllegalArgumentException("not a credential of a storage destination");
    };
  }

  private static List<FieldError> checkSecret(String field, String value, boolean hasEndpoint) {
    if (hasEndpoint) {
      return OTHER_SECRET.matcher(value).matches()
          ? List.of()
          : invalid(field, "must be 8 to 256 visible ASCII characters without blanks");
    }
    return checkSecretOfAmazon(field, value);
  }

  static List<FieldError> checkSecretOfAmazon(String field, String value) {
    return AMAZON_SECRET.matcher(value).matches()
        ? List.of()
        : invalid(
            field,
            "must be a secret access key of Amazon's: at least 40 letters, digits and / + =");
  }

  static List<FieldError> checkToken(String field, String value) {
    return TOKEN.matcher(value).matches()
        ? List.of()
        : invalid(field, "must be at most 4096 visible ASCII characters without blanks");
  }

  private static List<FieldError> checkKeyId(String field, String value, boolean hasEndpoint) {
    if (hasEndpoint) {
      return OTHER_KEY_ID.matcher(value).matches()
          ? List.of()
          : invalid(field, "must be 3 to 128 letters, digits and . _ : @ + = -");
    }
    return checkKeyIdOfAmazon(field, value);
  }

  static List<FieldError> checkKeyIdOfAmazon(String field, String value) {
    boolean wrongLength =
        AMAZON_ISSUED.matcher(value).matches() && value.length() != AMAZON_ISSUED_LENGTH;
    return AMAZON_KEY_ID.matcher(value).matches() && !wrongLength
        ? List.of()
        : invalid(
            field,
            "must be an access key id of Amazon's: at least 16 upper-case letters and digits, 20"
                + " when it starts with AKIA or ASIA");
  }

  private static List<FieldError> invalid(String field, String message) {
    return List.of(new FieldError(field, DestinationRules.INVALID_VALUE, message));
  }
}

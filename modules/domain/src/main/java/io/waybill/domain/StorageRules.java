package io.waybill.domain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an object-storage destination must look like, in one place: asked by the SDK before it
 * publishes, by the topology that owns destinations, and by the channel before each attempt.
 *
 * <p>Every method names all that is wrong, not the first thing, and repeats no value. Credentials
 * have a method of their own because they are sealed before a destination is published. Addresses
 * are not judged here: a name can mean another address at every look-up, so that belongs to each
 * attempt.
 */
public final class StorageRules {
  private StorageRules() {}

  public static final String INVALID_URL = "invalid-url";
  public static final String USERINFO_NOT_ALLOWED = "userinfo-not-allowed";

  /** How Amazon's keys encrypt objects. */
  public static final String AES256 = StorageConfig.DEFAULT_ENCRYPTION;

  /** How a key of one's own in KMS encrypts objects. */
  public static final String KMS = "aws:kms";

  /** Longest time that objects can be kept: a hundred years. */
  public static final int MAX_RETENTION_DAYS = 36_500;

  /**
   * All user metadata of a destination, names and values in bytes. A store takes 2 KiB, of which
   * Waybill needs the rest for its own.
   */
  public static final int MAX_METADATA_BYTES = 1536;

  private static final String SECTION = "config.storage";
  private static final String CONFIG = SECTION + ".config.";

  /** Of a label of a host name. Judged first: the pattern needs stack for each of its parts. */
  private static final int MAX_REGION_LENGTH = 63;

  /** Part of the host that is dialled: anything else could become another host's name. */
  private static final Pattern AMAZON_REGION = Pattern.compile("[a-z]{2,4}(-[a-z]+)+-\\d{1,2}");

  /** With an endpoint a region is only a word in the signature, and stores have their own. */
  private static final Pattern OTHER_REGION = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /** Labels of a host name, and nothing that could be anything else. */
  private static final Pattern BUCKET =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

  private static final Pattern IPV4 = Pattern.compile("\\d+(\\.\\d+){3}");

  /** Key id, ARN of a key, alias or ARN of an alias. */
  private static final Pattern KMS_KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9:/_-]{0,2047}");

  /** The partition, an account and a name with its path. */
  private static final Pattern ROLE =
      Pattern.compile("arn:aws[a-z-]{0,20}:iam::\\d{12}:role/[A-Za-z0-9+=,.@_/-]{1,576}");

  private static final Set<String> STORAGE_CLASSES =
      Set.of(
          "STANDARD",
          "REDUCED_REDUNDANCY",
          "STANDARD_IA",
          "ONEZONE_IA",
          "INTELLIGENT_TIERING",
          "GLACIER",
          "GLACIER_IR",
          "DEEP_ARCHIVE");

  private static final Pattern METADATA_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,63}");
  private static final List<String> RESERVED_NAMES = List.of("waybill-", "x-amz-", "amz-");
  private static final int MOST_METADATA = 50;

  /** All that is wrong with a configuration, credentials excepted. */
  public static List<FieldError> checkConfig(StorageConfig config) {
    List<FieldError> errors = new ArrayList<>();
    errors.addAll(
        config.provider() == StorageConfig.Provider.LOCAL
            ? StorageFolderRules.check(config)
            : checkStore(config));
    errors.addAll(StoragePath.check(config.path()));
    errors.addAll(DestinationRules.checkTimeout(SECTION, config.timeout()));
    config.retry().ifPresent(retry -> errors.addAll(DestinationRules.checkRetry(SECTION, retry)));
    return List.copyOf(errors);
  }

  private static List<FieldError> checkStore(StorageConfig config) {
    List<FieldError> errors = new ArrayList<>();
    config.endpoint().ifPresent(url -> errors.addAll(checkEndpoint(url.toString())));
    errors.addAll(checkRegion(config.region(), config.endpoint().isPresent()));
    errors.addAll(checkBucket(config.bucket()));
    errors.addAll(checkEncryption(config.serverSideEncryption(), config.kmsKeyId()));
    config.storageClass().ifPresent(name -> errors.addAll(checkStorageClass(name)));
    config.roleArn().ifPresent(arn -> errors.addAll(checkRole(arn)));
    errors.addAll(StorageTagRules.check(config.tags()));
    config.retention().ifPresent(kept -> errors.addAll(checkRetention(kept)));
    errors.addAll(checkMetadata(config.metadata()));
    return List.copyOf(errors);
  }

  /** What is wrong with the name of a local folder. */
  public static List<FieldError> checkRoot(String name) {
    return StorageFolderRules.checkRoot(name);
  }

  /** What is wrong with a role that is to be assumed. */
  public static List<FieldError> checkRole(String arn) {
    return ROLE.matcher(arn).matches()
        ? List.of()
        : invalid(
            CONFIG + "roleArn",
            "must be the ARN of a role: arn:aws:iam::123456789012:role/waybill-archive");
  }

  /** All that is wrong with the tags of objects. */
  public static List<FieldError> checkTags(Map<String, String> tags) {
    return StorageTagRules.check(tags);
  }

  /**
   * What is wrong with a region.
   *
   * @param hasEndpoint whether the store is not Amazon's
   */
  public static List<FieldError> checkRegion(String region, boolean hasEndpoint) {
    return (hasEndpoint ? isLabel(region) : isRegionOfAmazon(region))
        ? List.of()
        : invalid(
            CONFIG + "region",
            hasEndpoint
                ? "must be a word of lower-case letters, digits and hyphens, such as us-east-1"
                : "must be a region of Amazon's, such as us-east-1");
  }

  private static boolean isLabel(String region) {
    return region.length() <= MAX_REGION_LENGTH && OTHER_REGION.matcher(region).matches();
  }

  static boolean isRegionOfAmazon(String region) {
    return region.length() <= MAX_REGION_LENGTH && AMAZON_REGION.matcher(region).matches();
  }

  /** What is wrong with a bucket's name. */
  public static List<FieldError> checkBucket(String bucket) {
    String field = CONFIG + "bucket";
    if (bucket.length() < 3 || bucket.length() > 63 || !BUCKET.matcher(bucket).matches()) {
      return invalid(
          field,
          "must be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens, a"
              + " letter or digit at each end of each part; neither an ARN nor an alias");
    }
    if (IPV4.matcher(bucket).matches()) {
      return invalid(field, "must not look like an IP address");
    }
    return bucket.endsWith("--x-s3")
        ? invalid(field, "is a directory bucket, which Waybill does not write to")
        : List.of();
  }

  /** All that is wrong with the URL of a store that is not Amazon's. */
  public static List<FieldError> checkEndpoint(String url) {
    return StorageEndpointRules.check(url);
  }

  /** What is wrong with how objects are encrypted. */
  public static List<FieldError> checkEncryption(String encryption, Optional<String> kmsKeyId) {
    List<FieldError> errors = new ArrayList<>();
    if (!encryption.equals(AES256) && !encryption.equals(KMS)) {
      errors.addAll(
          invalid(
              CONFIG + "serverSideEncryption",
              "must be \"AES256\" or \"aws:kms\", as a plain string; AES256 when left out"));
    }
    if (kmsKeyId.isPresent() && !encryption.equals(KMS)) {
      errors.addAll(
          invalid(
              CONFIG + "kmsKeyId",
              "needs serverSideEncryption \"aws:kms\": with AES256 the key would not be used"));
    }
    if (kmsKeyId.filter(key -> !KMS_KEY.matcher(key).matches()).isPresent()) {
      errors.addAll(invalid(CONFIG + "kmsKeyId", "must be the id or ARN of a key or of an alias"));
    }
    return List.copyOf(errors);
  }

  /** What is wrong with a storage class. */
  public static List<FieldError> checkStorageClass(String name) {
    return STORAGE_CLASSES.contains(name)
        ? List.of()
        : invalid(
            CONFIG + "storageClass",
            "must be one of " + String.join(", ", STORAGE_CLASSES.stream().sorted().toList()));
  }

  /** All that is wrong with how long objects are kept. */
  public static List<FieldError> checkRetention(StorageConfig.Retention retention) {
    List<FieldError> errors = new ArrayList<>();
    if (retention.days() < 1 || retention.days() > MAX_RETENTION_DAYS) {
      errors.add(
          new FieldError(
              SECTION + ".retention.days",
              DestinationRules.OUT_OF_RANGE,
              "must be 1 to " + MAX_RETENTION_DAYS));
    }
    if (retention.mode() == StorageConfig.Retention.Mode.CLEAN_UP && !retention.autoCleanup()) {
      errors.addAll(
          invalid(
              SECTION + ".retention.mode",
              "\"clean-up\" needs autoCleanup true: without it objects would neither be kept nor"
                  + " removed"));
    }
    return List.copyOf(errors);
  }

  /** All that is wrong with the metadata of objects. */
  public static List<FieldError> checkMetadata(Map<String, String> metadata) {
    String field = SECTION + ".metadata";
    if (metadata.size() > MOST_METADATA) {
      return List.of(
          new FieldError(
              field,
              DestinationRules.TOO_MANY,
              "are " + metadata.size() + ", at most " + MOST_METADATA + " are allowed"));
    }
    List<FieldError> errors = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int bytes = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      bytes += entry.getKey().length() + entry.getValue().length();
      errors.addAll(checkMetadataEntry(entry.getKey(), entry.getValue()));
      if (!seen.add(entry.getKey().toLowerCase(Locale.ROOT))) {
        errors.addAll(invalid(metadataField(entry.getKey()), "is named twice; case is ignored"));
      }
    }
    if (bytes > MAX_METADATA_BYTES) {
      errors.add(
          new FieldError(
              field,
              DestinationRules.TOO_LONG,
              "are longer than " + MAX_METADATA_BYTES + " bytes, names and values together"));
    }
    return List.copyOf(errors);
  }

  private static List<FieldError> checkMetadataEntry(String name, String value) {
    if (!METADATA_NAME.matcher(name).matches()) {
      return invalid(
          metadataField(name), "is not a name: up to 64 letters, digits and hyphens are allowed");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (RESERVED_NAMES.stream().anyMatch(lower::startsWith)) {
      return invalid(
          metadataField(name),
          "cannot be configured: names that start with waybill-, amz- and x-amz- are reserved");
    }
    boolean printable = value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    return printable && !value.isEmpty() && value.equals(value.strip())
        ? List.of()
        : invalid(
            metadataField(name),
            "must be visible ASCII, blanks inside only: it travels in a header");
  }

  /** A broken name must not break the line or the terminal that the error is shown in. */
  private static String metadataField(String name) {
    String shown = name.replaceAll("[^!-~]", "?");
    return SECTION + ".metadata." + (shown.length() > 64 ? shown.substring(0, 64) : shown);
  }

  /**
   * All that is wrong with one credential; it is never repeated.
   *
   * @param name one of {@link StorageConfig#credentialNames}
   * @param hasEndpoint whether the store is not Amazon's, whose keys have a known form
   */
  public static List<FieldError> checkCredential(String name, String value, boolean hasEndpoint) {
    return StorageCredentialRules.check(name, value, hasEndpoint);
  }

  private static List<FieldError> invalid(String field, String message) {
    return List.of(new FieldError(field, DestinationRules.INVALID_VALUE, message));
  }
}

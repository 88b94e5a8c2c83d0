package io.waybill.domain;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The part of an object-storage destination's configuration that is not secret.
 *
 * @param provider what keeps the objects
 * @param region {@code us-east-1}; empty for a local folder
 * @param bucket or, for a local folder, the name that the operator gave it
 * @param endpoint of a store that is not Amazon's
 * @param forcePathStyle the bucket in the path of the URL, not in its host name
 * @param path template of the objects' folder; the name of each object is Waybill's
 * @param serverSideEncryption {@code AES256} or {@code aws:kms}; sent with every object
 * @param kmsKeyId with {@code aws:kms} only
 * @param storageClass absent means the bucket's
 * @param roleArn a role that is assumed with the credentials, and whose session then writes
 * @param tags of every object
 * @param metadata user metadata of every object
 * @param timeout of one attempt
 * @param retry the destination's own policy, else the service's
 */
public record StorageConfig(
    Provider provider,
    String region,
    String bucket,
    Optional<URI> endpoint,
    boolean forcePathStyle,
    String path,
    String serverSideEncryption,
    Optional<String> kmsKeyId,
    Optional<String> storageClass,
    Optional<String> roleArn,
    Map<String, String> tags,
    Optional<Retention> retention,
    Map<String, String> metadata,
    Credentials credentials,
    Duration timeout,
    Optional<RetryConfig> retry)
    implements DestinationConfig {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  /** What encrypts objects when nothing else is said. */
  public static final String DEFAULT_ENCRYPTION = "AES256";

  public static final String ACCESS_KEY_ID = "storage.config.accessKeyId";
  public static final String SECRET_ACCESS_KEY = "storage.config.secretAccessKey";
  public static final String SESSION_TOKEN = "storage.config.sessionToken";

  public StorageConfig {
    tags = Map.copyOf(tags);
    metadata = Map.copyOf(metadata);
  }

  /** Of S3, without a role and without tags. */
  public StorageConfig(
      String region,
      String bucket,
      Optional<URI> endpoint,
      boolean forcePathStyle,
      String path,
      String serverSideEncryption,
      Optional<String> kmsKeyId,
      Optional<String> storageClass,
      Optional<Retention> retention,
      Map<String, String> metadata,
      Credentials credentials,
      Duration timeout,
      Optional<RetryConfig> retry) {
    this(
        Provider.S3,
        region,
        bucket,
        endpoint,
        forcePathStyle,
        path,
        serverSideEncryption,
        kmsKeyId,
        storageClass,
        Optional.empty(),
        Map.of(),
        retention,
        metadata,
        credentials,
        timeout,
        retry);
  }

  /** A folder of the machine that sends, which the operator allows under this name. */
  public static StorageConfig local(
      String root, String path, Duration timeout, Optional<RetryConfig> retry) {
    return new StorageConfig(
        Provider.LOCAL,
        "",
        root,
        Optional.empty(),
        false,
        path,
        "",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Map.of(),
        Credentials.PLATFORM,
        timeout,
        retry);
  }

  /** What keeps the objects. */
  public enum Provider {
    /** Amazon S3, or what speaks its protocol. */
    S3,
    /** A folder of the machine that sends. */
    LOCAL
  }

  /** Whose credentials sign the requests. */
  public enum Credentials {
    /** The operator's, where the operator allows it for this organization and bucket. */
    PLATFORM,
    /** The destination's own key pair. */
    KEYS,
    /** The destination's own key pair with a session token. */
    SESSION
  }

  /**
   * How long objects are kept, from when they are written.
   *
   * @param autoCleanup whether they may be removed after that
   * @param mode what keeps them
   */
  public record Retention(int days, boolean autoCleanup, Mode mode) {

    /** Kept as the bucket can. */
    public Retention(int days, boolean autoCleanup) {
      this(days, autoCleanup, Mode.AUTO);
    }

    /** What keeps objects from being removed before their time. */
    public enum Mode {
      /** Object Lock where the bucket has it; elsewhere nothing, and only with autoCleanup. */
      AUTO,
      /** Object Lock that a few may lift; a bucket without it gets nothing. */
      GOVERNANCE,
      /** Object Lock that nobody may lift; a bucket without it gets nothing. */
      COMPLIANCE,
      /** Nothing: objects are only marked with the day after which they may be removed. */
      CLEAN_UP;

      /** {@code clean-up}. */
      public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
      }

      /** Reads {@link #word}. */
      public static Optional<Mode> parse(String word) {
        return Stream.of(values()).filter(mode -> mode.word().equals(word)).findFirst();
      }
    }
  }

  @Override
  public DestinationType type() {
    return DestinationType.STORAGE;
  }

  @Override
  public List<String> credentialNames() {
    return switch (credentials) {
      case PLATFORM -> List.of();
      case KEYS -> List.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY);
      case SESSION -> List.of(ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN);
    };
  }

  /** Of Amazon's own stores one is as trustworthy as the other. */
  @Override
  public String credentialsGoTo() {
    if (provider == Provider.LOCAL) {
      return "local";
    }
    return endpoint.map(HostNames::origin).orElse("https://amazonaws.com:443");
  }

  /** Of the endpoint its host only. */
  @Override
  public String toString() {
    if (provider == Provider.LOCAL) {
      return "StorageConfig[local %s, timeout=%s, retry=%s]".formatted(bucket, timeout, retry);
    }
    return "StorageConfig[%s/%s at %s, %s, timeout=%s, retry=%s]"
        .formatted(
            region,
            bucket,
            endpoint.map(URI::getHost).orElse("Amazon S3"),
            credentials,
            timeout,
            retry);
  }
}

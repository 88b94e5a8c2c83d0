package io.waybill.domain;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of an object-storage destination's configuration that is not secret. The provider is S3
 * or what speaks its protocol.
 *
 * @param region {@code us-east-1}
 * @param endpoint of a store that is not Amazon's
 * @param forcePathStyle the bucket in the path of the URL, not in its host name
 * @param path template of the objects' folder; the name of each object is Waybill's
 * @param serverSideEncryption {@code AES256} or {@code aws:kms}; sent with every object
 * @param kmsKeyId with {@code aws:kms} only
 * @param storageClass absent means the bucket's
 * @param metadata user metadata of every object
 * @param timeout of one attempt
 * @param retry the destination's own policy, else the service's
 */
public record StorageConfig(
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
    Optional<RetryConfig> retry)
    implements DestinationConfig {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  /** What encrypts objects when nothing else is said. */
  public static final String DEFAULT_ENCRYPTION = "AES256";

  public static final String ACCESS_KEY_ID = "storage.config.accessKeyId";
  public static final String SECRET_ACCESS_KEY = "storage.config.secretAccessKey";
  public static final String SESSION_TOKEN = "storage.config.sessionToken";

  public StorageConfig {
    metadata = Map.copyOf(metadata);
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
   * How long objects are meant to be kept. Written down, not enforced yet.
   *
   * @param autoCleanup whether they are meant to be removed after that
   */
  public record Retention(int days, boolean autoCleanup) {}

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
    return endpoint.map(HostNames::origin).orElse("https://amazonaws.com:443");
  }

  /** Of the endpoint its host only. */
  @Override
  public String toString() {
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

package io.waybill.channel.storage;

import io.waybill.channel.Attempt;
import io.waybill.channel.CredentialSource;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StorageConfig.Credentials;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds attempts; only what matters is spelled out. */
final class Attempts {
  static final Instant CREATED = Instant.parse("2026-03-01T10:15:30.123Z");
  static final OrganizationId ORGANIZATION = new OrganizationId("hospital-001");
  static final String DELIVERY = "8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f";
  static final String KEY_ID = "local-key";
  static final String SECRET_KEY = "local/secret+key";

  private Optional<URI> endpoint = Optional.of(URI.create("http://127.0.0.1:1"));
  private String region = "us-east-1";
  private String bucket = "archive";
  private boolean pathStyle = true;
  private String path = "/audit-logs/{organizationId}/{year}/{month}/{day}/";
  private String encryption = "AES256";
  private Optional<String> kmsKeyId = Optional.empty();
  private Optional<String> storageClass = Optional.of("STANDARD_IA");
  private Optional<String> roleArn = Optional.empty();
  private Map<String, String> tags = Map.of();
  private Optional<StorageConfig.Retention> retention = Optional.empty();
  private Optional<String> root = Optional.empty();
  private Map<String, String> metadata = Map.of();
  private Credentials credentials = Credentials.KEYS;
  private String keyId = KEY_ID;
  private String secretKey = SECRET_KEY;
  private String token = "tok";
  private Duration timeout = Duration.ofSeconds(10);
  private RawJson data = RawJson.of("{\"n\":1}");
  private String type = "phi-access";
  private String delivery = DELIVERY;
  private DestinationId destination = new DestinationId("archive-1");
  private int number = 1;
  private int generation;
  private long secretsVersion = 1;
  private boolean withValues = true;

  static Attempts anAttempt() {
    return new Attempts();
  }

  Attempts at(URI newEndpoint) {
    endpoint = Optional.of(newEndpoint);
    return this;
  }

  Attempts at(String newEndpoint) {
    return at(URI.create(newEndpoint));
  }

  Attempts atAmazon(String newRegion) {
    endpoint = Optional.empty();
    region = newRegion;
    pathStyle = false;
    keyId = "AKIAIOSFODNN7EXAMPLE";
    secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    return this;
  }

  Attempts region(String newRegion) {
    region = newRegion;
    return this;
  }

  Attempts bucket(String newBucket) {
    bucket = newBucket;
    return this;
  }

  Attempts virtualHost() {
    pathStyle = false;
    return this;
  }

  Attempts path(String newPath) {
    path = newPath;
    return this;
  }

  Attempts kms(String newKey) {
    encryption = "aws:kms";
    kmsKeyId = Optional.of(newKey);
    return this;
  }

  Attempts plainStorageClass() {
    storageClass = Optional.empty();
    return this;
  }

  Attempts role(String newRole) {
    roleArn = Optional.of(newRole);
    return this;
  }

  Attempts tags(Map<String, String> newTags) {
    tags = newTags;
    return this;
  }

  Attempts kept(int days, boolean autoCleanup, StorageConfig.Retention.Mode mode) {
    retention = Optional.of(new StorageConfig.Retention(days, autoCleanup, mode));
    return this;
  }

  /** In a local folder. */
  Attempts in(String newRoot) {
    root = Optional.of(newRoot);
    return this;
  }

  Attempts metadata(Map<String, String> newMetadata) {
    metadata = newMetadata;
    return this;
  }

  Attempts keys(String newKeyId, String newSecretKey) {
    keyId = newKeyId;
    secretKey = newSecretKey;
    return this;
  }

  Attempts session(String newToken) {
    credentials = Credentials.SESSION;
    token = newToken;
    return this;
  }

  Attempts platform() {
    credentials = Credentials.PLATFORM;
    return this;
  }

  Attempts timeout(Duration newTimeout) {
    timeout = newTimeout;
    return this;
  }

  Attempts data(String json) {
    data = RawJson.of(json);
    return this;
  }

  Attempts data(byte[] json) {
    data = new RawJson(json);
    return this;
  }

  Attempts type(String newType) {
    type = newType;
    return this;
  }

  Attempts delivery(String newDelivery) {
    delivery = newDelivery;
    return this;
  }

  Attempts destination(String newDestination) {
    destination = new DestinationId(newDestination);
    return this;
  }

  Attempts number(int newNumber) {
    number = newNumber;
    return this;
  }

  Attempts generation(int newGeneration) {
    generation = newGeneration;
    return this;
  }

  Attempts withoutValues(long newSecretsVersion) {
    withValues = false;
    secretsVersion = newSecretsVersion;
    return this;
  }

  /** Opens the credentials that this attempt was built with. */
  CredentialSource opening() {
    return (secrets, config) -> {
      Map<String, char[]> values = new LinkedHashMap<>();
      if (withValues) {
        values.put(StorageConfig.ACCESS_KEY_ID, keyId.toCharArray());
        values.put(StorageConfig.SECRET_ACCESS_KEY, secretKey.toCharArray());
        values.put(StorageConfig.SESSION_TOKEN, token.toCharArray());
      }
      return new CredentialSource.Opened(values);
    };
  }

  StorageConfig config() {
    if (root.isPresent()) {
      return StorageConfig.local(root.get(), path, timeout, Optional.empty());
    }
    return new StorageConfig(
        StorageConfig.Provider.S3,
        region,
        bucket,
        endpoint,
        pathStyle,
        path,
        encryption,
        kmsKeyId,
        storageClass,
        roleArn,
        tags,
        retention,
        metadata,
        credentials,
        timeout,
        Optional.empty());
  }

  Attempt build() {
    DeliveryId deliveryId = DeliveryId.parse(delivery).orElseThrow();
    Destination to =
        new Destination(
            destination,
            ORGANIZATION,
            "archive",
            Optional.empty(),
            config(),
            Fallback.none(),
            false,
            true,
            false,
            1,
            CREATED,
            CREATED);
    Task task =
        new Task(
            TaskId.of(ORGANIZATION, deliveryId, destination),
            ORGANIZATION,
            deliveryId,
            destination,
            DestinationType.STORAGE,
            1,
            generation,
            number - 1,
            type,
            new TaskPayload.Inline(data),
            RawJson.EMPTY_OBJECT,
            Optional.empty(),
            List.of(),
            5,
            CREATED,
            CREATED,
            Optional.empty(),
            0);
    DestinationSecrets secrets =
        new DestinationSecrets(destination, ORGANIZATION, secretsVersion, List.of());
    return new Attempt(task, to, secrets, data, number);
  }

  /** The key of the object that it makes. */
  String key() {
    return io.waybill.domain.StoragePath.parse(path).key(build().task());
  }
}

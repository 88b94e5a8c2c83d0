package io.waybill.channel.storage;

import io.waybill.channel.Attempt;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StoragePath;
import io.waybill.domain.StorageRules;
import io.waybill.domain.Task;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Writes the object of one attempt, unless it is there already. Blocks; used once, by one thread.
 * Whatever the SDK throws comes out as it is, refusals of the first request excepted.
 */
final class Upload {
  /** Names of the metadata that every object gets. A header {@code x-amz-meta-} is before each. */
  static final String DELIVERY_ID = "waybill-delivery-id";

  static final String TASK_ID = "waybill-task-id";
  static final String ORGANIZATION_ID = "waybill-organization-id";
  static final String TYPE = "waybill-type";
  static final String SHA256 = "waybill-sha256";

  private static final String JSON = "application/json";
  private static final int PRECONDITION_FAILED = 412;
  private static final Pattern HEADER_SAFE = Pattern.compile("[!-~]([ -~]*[!-~])?");

  private final S3Client store;
  private final StorageConfig config;
  private final Attempt attempt;
  private final AwsCredentials credentials;
  private final String host;
  private final String key;
  private final String sha256;

  Upload(S3Client store, StorageConfig config, Attempt attempt, AwsCredentials credentials) {
    this.store = store;
    this.config = config;
    this.attempt = attempt;
    this.credentials = credentials;
    this.host = Stores.host(config);
    this.key = StoragePath.parse(config.path()).key(attempt.task());
    this.sha256 = attempt.data().sha256();
  }

  /** How it ended; how long it took is for the caller to say. */
  sealed interface Result {
    record Stored(String answer, String reference) implements Result {}

    record Refused(
        boolean forGood,
        Reason reason,
        String message,
        Optional<Duration> retryAfter,
        boolean clockSkew)
        implements Result {}
  }

  Result run() {
    try {
      return judge(put());
    } catch (S3Exception refused) {
      return refused.statusCode() == PRECONDITION_FAILED ? compare() : refusal(refused);
    }
  }

  private PutObjectResponse put() {
    byte[] data = attempt.data().bytes();
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(config.bucket())
            .key(key)
            .ifNoneMatch("*")
            .contentType(JSON)
            .checksumSHA256(base64(sha256))
            .serverSideEncryption(config.serverSideEncryption())
            .ssekmsKeyId(config.kmsKeyId().orElse(null))
            .storageClass(config.storageClass().orElse(null))
            .metadata(metadata())
            .overrideConfiguration(
                call -> call.credentialsProvider(StaticCredentialsProvider.create(credentials)))
            .build();
    return store.putObject(
        request,
        RequestBody.fromContentProvider(
            ContentStreamProvider.fromByteArrayUnsafe(data), data.length, JSON));
  }

  private Result judge(PutObjectResponse answer) {
    String checksum = answer.checksumSHA256();
    if (checksum != null && !checksum.equals(base64(sha256))) {
      return unclear("answered with another SHA-256 than the data's; the next try looks again");
    }
    // The SDK reads success from the status alone; a store that kept the object names its ETag.
    if (answer.eTag() == null || answer.eTag().isBlank()) {
      return unclear("answered without an ETag, so nobody knows whether it kept the object");
    }
    return stored(Integer.toString(answer.sdkHttpResponse().statusCode()));
  }

  /** An object has that key: ours, from an attempt whose answer was lost, or another. */
  private Result compare() {
    HeadObjectResponse there;
    try {
      there =
          store.headObject(
              HeadObjectRequest.builder()
                  .bucket(config.bucket())
                  .key(key)
                  .checksumMode(ChecksumMode.ENABLED)
                  .overrideConfiguration(call ->
                      call.credentialsProvider(StaticCredentialsProvider.create(credentials)))
                  .build());
    } catch (S3Exception refused) {
      // Answers to HEAD have no body, so there is no error code.
      return switch (refused.statusCode()) {
        case 404 -> unclear("had an object of that key a moment ago and has none now");
        case 401, 403 ->
            new Result.Refused(
                true,
                Reason.STORAGE_PERMANENT,
                host
                    + " has an object of that key already and does not let these credentials see"
                    + " whether it is the same: allow them s3:GetObject, then replay",
                Optional.empty(),
                false);
        default -> refusal(refused);
      };
    }
    String checksum = there.checksumSHA256();
    boolean same =
        checksum != null
            ? checksum.equals(base64(sha256))
            : sha256.equals(there.metadata().get(SHA256));
    return same
        ? stored(Integer.toString(PRECONDITION_FAILED))
        : new Result.Refused(
            true,
            Reason.STORAGE_CONFLICT,
            host
                + " has another object under "
                + key
                + ", which is never overwritten: find out who wrote it, move it away, then replay",
            Optional.empty(),
            false);
  }

  private Map<String, String> metadata() {
    Task task = attempt.task();
    Map<String, String> metadata = new TreeMap<>();
    config.metadata().forEach(metadata::put);
    metadata.put(DELIVERY_ID, task.deliveryId().toString());
    metadata.put(TASK_ID, task.taskId().value());
    metadata.put(ORGANIZATION_ID, task.organizationId().value());
    metadata.put(SHA256, sha256);
    if (HEADER_SAFE.matcher(task.payloadType()).matches()) {
      metadata.put(TYPE, task.payloadType());
    }
    return metadata;
  }

  private Result stored(String answer) {
    return new Result.Stored(answer, "s3://" + config.bucket() + "/" + key);
  }

  private Result unclear(String words) {
    return new Result.Refused(
        false, Reason.STORAGE_TRANSIENT, host + " " + words, Optional.empty(), false);
  }

  /** What the store calls its refusal, as it wrote it. */
  static Optional<String> code(S3Exception refused) {
    return Optional.ofNullable(refused.awsErrorDetails())
        .flatMap(details -> Optional.ofNullable(details.errorCode()));
  }

  private Result refusal(S3Exception refused) {
    Optional<String> code = code(refused);
    Refusals.Refusal refusal = Refusals.of(refused.statusCode(), code, host);
    return new Result.Refused(
        refusal.forGood(),
        refusal.reason(),
        refusal.message(),
        retryAfter(refused),
        Refusals.isClockSkew(code));
  }

  /** Whole seconds; the HTTP client lets nothing else through. */
  private static Optional<Duration> retryAfter(S3Exception refused) {
    return Optional.ofNullable(refused.awsErrorDetails())
        .flatMap(details -> Optional.ofNullable(details.sdkHttpResponse()))
        .flatMap(answer -> answer.firstMatchingHeader("Retry-After"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private static String base64(String hex) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
  }

  /** All that is wrong with the destination, in words; empty when it can be written to. */
  static String problems(StorageConfig config) {
    return StorageRules.checkConfig(config).stream()
        .map(Object::toString)
        .collect(Collectors.joining("; "));
  }
}

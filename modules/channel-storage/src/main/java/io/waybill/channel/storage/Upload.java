package io.waybill.channel.storage;

import io.waybill.channel.Attempt;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StoragePath;
import io.waybill.domain.StorageRules;
import io.waybill.domain.Task;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Writes the object of one attempt, unless it is there already. Blocks; used once, by one thread.
 * What breaks a connection comes out as the SDK throws it; refusals are results.
 */
final class Upload {
  /** Names of the metadata that every object gets. A header {@code x-amz-meta-} is before each. */
  static final String DELIVERY_ID = "waybill-delivery-id";

  static final String TASK_ID = "waybill-task-id";
  static final String ORGANIZATION_ID = "waybill-organization-id";
  static final String TYPE = "waybill-type";
  static final String SHA256 = "waybill-sha256";

  /** The time after which whoever cleans up may remove it; only where its owner wants that. */
  static final String DELETE_AFTER = "waybill-delete-after";

  static final String JSON = "application/json";
  private static final int PRECONDITION_FAILED = 412;
  private static final Pattern HEADER_SAFE = Pattern.compile("[!-~]([ -~]*[!-~])?");

  private final S3Client store;
  private final StorageConfig config;
  private final Attempt attempt;
  private final AwsCredentials credentials;
  private final Shared shared;
  private final String host;
  private final String key;
  private final String sha256;

  /**
   * What the attempts of a channel share.
   *
   * @param parts when an object is written in parts
   */
  record Shared(Locks locks, StorageSettings.Parts parts, ScheduledExecutorService timer) {}

  Upload(
      S3Client store,
      StorageConfig config,
      Attempt attempt,
      AwsCredentials credentials,
      Shared shared) {
    this.shared = shared;
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
    return switch (shared.locks().decide(store, config, attempt.destination(), credentials)) {
      case Locks.Decided.Not(Result.Refused why) -> why;
      case Locks.Decided.Kept(Keeping keeping) -> write(keeping);
    };
  }

  private Result write(Keeping keeping) {
    try {
      if (attempt.data().size() < shared.parts().threshold()) {
        return judge(put(keeping));
      }
      // It may be there, and not every store looks at the condition when parts are put together.
      HeadObjectResponse there = look();
      return there == null ? judge(putInParts(keeping)) : compare(there);
    } catch (S3Exception refused) {
      return refused.statusCode() == PRECONDITION_FAILED ? compare() : refusal(refused, host);
    }
  }

  private PutObjectResponse put(Keeping keeping) {
    byte[] data = attempt.data().bytes();
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(config.bucket())
            .key(key)
            .ifNoneMatch("*")
            .contentType(JSON)
            .checksumSHA256(Checksums.base64(sha256))
            .serverSideEncryption(config.serverSideEncryption())
            .ssekmsKeyId(config.kmsKeyId().orElse(null))
            .storageClass(config.storageClass().orElse(null))
            .tagging(tagging())
            .objectLockMode(keeping.lock().orElse(null))
            .objectLockRetainUntilDate(keeping.lockedUntil().orElse(null))
            .metadata(metadata(keeping))
            .overrideConfiguration(
                call -> call.credentialsProvider(StaticCredentialsProvider.create(credentials)))
            .build();
    return store.putObject(
        request,
        RequestBody.fromContentProvider(
            ContentStreamProvider.fromByteArrayUnsafe(data), data.length, JSON));
  }

  private CompleteMultipartUploadResponse putInParts(Keeping keeping) {
    return new Multipart(store, config, key, attempt.data().bytes(), credentials, shared)
        .run(
            CreateMultipartUploadRequest.builder()
                .contentType(JSON)
                .checksumAlgorithm(ChecksumAlgorithm.SHA256)
                .serverSideEncryption(config.serverSideEncryption())
                .ssekmsKeyId(config.kmsKeyId().orElse(null))
                .storageClass(config.storageClass().orElse(null))
                .tagging(tagging())
                .objectLockMode(keeping.lock().orElse(null))
                .objectLockRetainUntilDate(keeping.lockedUntil().orElse(null))
                .metadata(metadata(keeping)));
  }

  private Result judge(PutObjectResponse answer) {
    return judge(answer.checksumSHA256(), answer.eTag(), answer.sdkHttpResponse().statusCode());
  }

  private Result judge(CompleteMultipartUploadResponse answer) {
    return judge(answer.checksumSHA256(), answer.eTag(), answer.sdkHttpResponse().statusCode());
  }

  private Result judge(@Nullable String checksum, @Nullable String eTag, int status) {
    if (checksum != null && !isOurs(checksum).orElse(true)) {
      return unclear("answered with another SHA-256 than the data's; the next try looks again");
    }
    // The SDK reads success from the status alone; a store that kept the object names its ETag.
    if (eTag == null || eTag.isBlank()) {
      return unclear("answered without an ETag, so nobody knows whether it kept the object");
    }
    return stored(Integer.toString(status));
  }

  private Optional<Boolean> isOurs(String checksum) {
    return Checksums.isOf(checksum, attempt.data().bytes(), shared.parts().size());
  }

  /** The object, or null when there is none or it cannot be seen. */
  private @Nullable HeadObjectResponse look() {
    try {
      return head();
    } catch (S3Exception refused) {
      if (refused.statusCode() / 100 == 4 && !isForNow(refused)) {
        return null;
      }
      throw refused;
    }
  }

  private HeadObjectResponse head() {
    return store.headObject(
        HeadObjectRequest.builder()
            .bucket(config.bucket())
            .key(key)
            .checksumMode(ChecksumMode.ENABLED)
            .overrideConfiguration(
                call -> call.credentialsProvider(StaticCredentialsProvider.create(credentials)))
            .build());
  }

  /** An object has that key: ours, from an attempt whose answer was lost, or another. */
  private Result compare() {
    HeadObjectResponse there;
    try {
      there = head();
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
        default -> refusal(refused, host);
      };
    }
    return compare(there);
  }

  private Result compare(HeadObjectResponse there) {
    // What the store worked out counts more than what somebody wrote beside the object.
    boolean same =
        Optional.ofNullable(there.checksumSHA256())
            .flatMap(this::isOurs)
            .orElseGet(() -> sha256.equals(there.metadata().get(SHA256)));
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

  /** Null without any, so that no right to tag is needed. */
  private @Nullable String tagging() {
    if (config.tags().isEmpty()) {
      return null;
    }
    return new TreeMap<>(config.tags())
        .entrySet().stream()
            .map(tag ->
                SdkHttpUtils.urlEncode(tag.getKey()) + "=" + SdkHttpUtils.urlEncode(tag.getValue()))
            .collect(Collectors.joining("&"));
  }

  private Map<String, String> metadata(Keeping keeping) {
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
    keeping.removableAfter().ifPresent(time -> metadata.put(DELETE_AFTER, time.toString()));
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

  /** Whether another try may end otherwise, as far as the answer tells. */
  static boolean isForNow(S3Exception refused) {
    return !Refusals.of(refused.statusCode(), code(refused), "").forGood();
  }

  static Result.Refused refusal(S3Exception refused, String host) {
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

  /** All that is wrong with the destination, in words; empty when it can be written to. */
  static String problems(StorageConfig config) {
    return StorageRules.checkConfig(config).stream()
        .map(Object::toString)
        .collect(Collectors.joining("; "));
  }
}

package io.waybill.channel.storage;

import io.waybill.domain.Destination;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StorageConfig.Retention;
import io.waybill.domain.StoragePath;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectLockLegalHoldStatus;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Looks through a destination's folder for objects whose day has come, then for {@link Orphans}. An
 * object is removed only if its name and what is written beside it agree that this destination
 * wrote it, if the day that was written with it has passed, and if no lock or hold is on it. What
 * is removed is the version that was looked at: a lock that credentials cannot see is then the
 * store's to enforce. Blocks; used once, by one thread.
 */
final class CleanUp {
  /** So many that a page fits into what is read of an answer, however long the keys are. */
  static final int PAGE = 40;

  private final S3Client store;
  private final StorageConfig config;
  private final Destination destination;
  private final Consumer<AwsRequestOverrideConfiguration.Builder> signed;
  private final InstantSource clock;
  private final InTime inTime;
  private final String folder;
  private final OwnNames names;

  private int removed;
  private int notYet;
  private int held;
  private int others;
  private int failed;

  CleanUp(
      S3Client store,
      StorageConfig config,
      Destination destination,
      AwsCredentials credentials,
      InstantSource clock,
      InTime inTime) {
    this.store = store;
    this.config = config;
    this.destination = destination;
    this.signed = call -> call.credentialsProvider(StaticCredentialsProvider.create(credentials));
    this.clock = clock;
    this.inTime = inTime;
    this.folder = StoragePath.parse(config.path()).startFor(destination.organizationId());
    this.names = new OwnNames(destination);
  }

  /**
   * The configuration, if there may be something to clean up.
   *
   * @throws CleanUpException saying why there is not
   */
  static StorageConfig configOf(Destination destination) {
    if (!(destination.config() instanceof StorageConfig config)
        || config.provider() != StorageConfig.Provider.S3) {
      throw new CleanUpException("the destination does not write to an object store");
    }
    String problems = Upload.problems(config);
    if (!problems.isEmpty()) {
      throw new CleanUpException(problems);
    }
    if (config.retention().filter(Retention::autoCleanup).isEmpty()) {
      throw new CleanUpException(
          "the destination does not want its objects removed: retention.autoCleanup is off");
    }
    return config;
  }

  CleanUpReport run(boolean deletes, CleanUpWatcher watcher) {
    String next = null;
    do {
      ListObjectsV2Response page = page(next);
      for (S3Object object : page.contents()) {
        // The store was asked for this folder; nothing else is touched, whatever it answers.
        if (object.key() != null && object.key().startsWith(folder)) {
          look(object.key(), deletes, watcher);
        }
      }
      next = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (next != null);
    Orphans.Found orphans =
        new Orphans(store, config, signed, inTime, folder, names)
            .run(clock.instant(), deletes, watcher);
    return new CleanUpReport(
        removed, notYet, held, others, failed + orphans.failed(), orphans.aborted());
  }

  private ListObjectsV2Response page(@Nullable String next) {
    try {
      return inTime.call(() ->
          store.listObjectsV2(
              ListObjectsV2Request.builder()
                  .bucket(config.bucket())
                  .prefix(folder)
                  .maxKeys(PAGE)
                  .continuationToken(next)
                  .overrideConfiguration(signed)
                  .build()));
    } catch (S3Exception refused) {
      throw new CleanUpException(
          Upload.refusal(refused, Stores.host(config)).message()
              + "; a clean-up needs s3:ListBucket, s3:GetObject and s3:DeleteObject, in a bucket"
              + " with versions s3:DeleteObjectVersion");
    }
  }

  private void look(String key, boolean deletes, CleanUpWatcher watcher) {
    Optional<String> task = names.taskIn(key);
    if (task.isEmpty()) {
      others++;
      return;
    }
    HeadObjectResponse object;
    try {
      object =
          inTime.call(() ->
              store.headObject(
                  HeadObjectRequest.builder()
                      .bucket(config.bucket())
                      .key(key)
                      .overrideConfiguration(signed)
                      .build()));
    } catch (S3Exception refused) {
      fail(key, refused, watcher);
      return;
    }
    Optional<Instant> after = removableAfter(object.metadata(), task.get());
    if (after.isEmpty()) {
      others++;
    } else if (after.get().isAfter(clock.instant())) {
      notYet++;
    } else if (isHeld(object)) {
      held++;
    } else {
      remove(key, object, after.get(), deletes, watcher);
    }
  }

  /** Nothing, unless all that is said of it says that this destination wrote it. */
  private Optional<Instant> removableAfter(Map<String, String> said, String taskId) {
    boolean isOurs =
        destination.organizationId().value().equals(said.get(Upload.ORGANIZATION_ID))
            && taskId.equals(said.get(Upload.TASK_ID));
    String after = said.get(Upload.DELETE_AFTER);
    if (!isOurs || after == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(after));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private boolean isHeld(HeadObjectResponse object) {
    if (object.objectLockLegalHoldStatus() == ObjectLockLegalHoldStatus.ON) {
      return true;
    }
    // A lock whose end cannot be read has not ended.
    return object.objectLockModeAsString() != null
        && (object.objectLockRetainUntilDate() == null
            || object.objectLockRetainUntilDate().isAfter(clock.instant()));
  }

  private void remove(
      String key,
      HeadObjectResponse object,
      Instant after,
      boolean deletes,
      CleanUpWatcher watcher) {
    watcher.due(key, after);
    if (!deletes) {
      removed++;
      return;
    }
    try {
      inTime.call(() ->
          store.deleteObject(
              DeleteObjectRequest.builder()
                  .bucket(config.bucket())
                  .key(key)
                  .versionId(object.versionId())
                  .overrideConfiguration(signed)
                  .build()));
      removed++;
    } catch (S3Exception refused) {
      fail(key, refused, watcher);
    } catch (SdkException | CleanUpException broken) {
      // It was told as removed already, and that may not be so.
      watcher.failed(key, "no answer came, so that nobody knows whether it is still there");
      throw broken;
    }
  }

  private void fail(String key, S3Exception refused, CleanUpWatcher watcher) {
    failed++;
    watcher.failed(key, Upload.refusal(refused, Stores.host(config)).message());
  }
}

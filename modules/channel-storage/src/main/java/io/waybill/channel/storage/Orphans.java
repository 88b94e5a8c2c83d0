package io.waybill.channel.storage;

import io.waybill.domain.StorageConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Uploads of a destination that nobody ended: of a sender that was killed, for a task that was
 * never tried again. Only those with a name of its own, and only a day later, when no attempt can
 * be at them any more. Blocks; used once, by one thread.
 */
final class Orphans {
  private static final Duration LEFT_ALONE = Duration.ofDays(1);
  private static final int NOT_FOUND = 404;

  private final S3Client store;
  private final StorageConfig config;
  private final Consumer<AwsRequestOverrideConfiguration.Builder> signed;
  private final InTime inTime;
  private final String folder;
  private final OwnNames names;

  private int aborted;
  private int failed;

  /**
   * @param folder that nothing outside of is touched
   */
  Orphans(
      S3Client store,
      StorageConfig config,
      Consumer<AwsRequestOverrideConfiguration.Builder> signed,
      InTime inTime,
      String folder,
      OwnNames names) {
    this.store = store;
    this.config = config;
    this.signed = signed;
    this.inTime = inTime;
    this.folder = folder;
    this.names = names;
  }

  /** How many were aborted, or would be, and how many could not. */
  record Found(int aborted, int failed) {}

  /** Where a page of the listing ends. */
  private record End(String key, @Nullable String upload) {}

  Found run(Instant now, boolean deletes, CleanUpWatcher watcher) {
    Instant begunBefore = now.minus(LEFT_ALONE);
    End before = null;
    ListMultipartUploadsResponse page = page(null);
    while (page != null) {
      page.uploads().stream()
          .filter(this::isOurs)
          .filter(upload -> !upload.initiated().isAfter(begunBefore))
          .forEach(upload -> abort(upload, deletes, watcher));
      End end = endOf(page);
      // A store that does not know the mark of a page would give the same one for ever.
      page = end == null || end.equals(before) ? null : page(end);
      before = end;
    }
    return new Found(aborted, failed);
  }

  private static @Nullable End endOf(ListMultipartUploadsResponse page) {
    boolean isLast = !Boolean.TRUE.equals(page.isTruncated()) || page.nextKeyMarker() == null;
    return isLast ? null : new End(page.nextKeyMarker(), page.nextUploadIdMarker());
  }

  /** What has no time may be under way. */
  private boolean isOurs(MultipartUpload upload) {
    return upload.initiated() != null
        && upload.key() != null
        && upload.key().startsWith(folder)
        && names.taskIn(upload.key()).isPresent();
  }

  /** Null when uploads may not be seen: that is no part of what credentials must be able to. */
  private @Nullable ListMultipartUploadsResponse page(@Nullable End after) {
    try {
      return inTime.call(() ->
          store.listMultipartUploads(
              ListMultipartUploadsRequest.builder()
                  .bucket(config.bucket())
                  .prefix(folder)
                  .maxUploads(CleanUp.PAGE)
                  .keyMarker(after == null ? null : after.key())
                  .uploadIdMarker(after == null ? null : after.upload())
                  .overrideConfiguration(signed)
                  .build()));
    } catch (S3Exception refused) {
      if (Multipart.mayGoOn(refused)) {
        return null;
      }
      throw new CleanUpException(Upload.refusal(refused, Stores.host(config)).message());
    }
  }

  private void abort(MultipartUpload upload, boolean deletes, CleanUpWatcher watcher) {
    watcher.unfinished(upload.key(), upload.initiated());
    if (!deletes) {
      aborted++;
      return;
    }
    try {
      inTime.call(() ->
          store.abortMultipartUpload(
              AbortMultipartUploadRequest.builder()
                  .bucket(config.bucket())
                  .key(upload.key())
                  .uploadId(upload.uploadId())
                  .overrideConfiguration(signed)
                  .build()));
      aborted++;
    } catch (S3Exception refused) {
      if (refused.statusCode() == NOT_FOUND) {
        // Somebody else was first.
        aborted++;
        return;
      }
      failed++;
      watcher.failed(upload.key(), Upload.refusal(refused, Stores.host(config)).message());
    }
  }
}

package io.waybill.channel.storage;

import io.waybill.domain.StorageConfig;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Writes a large object in parts, which are views of the data and no copies. Nothing is seen under
 * the key before all of it is there. What fails is aborted at once; what a killed process left is
 * found by the next attempt under the same key, which is no other task's, and aborted then. Blocks;
 * used once, by one thread.
 */
final class Multipart {
  private static final Logger log = LoggerFactory.getLogger(Multipart.class);

  /** Of one task; each attempt leaves one at most. */
  private static final int MOST_ORPHANS = 20;

  private static final long ABORTS_WITHIN_SECONDS = 10;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int NOT_IMPLEMENTED = 501;

  private final S3Client store;
  private final StorageConfig config;
  private final String key;
  private final byte[] data;
  private final Consumer<AwsRequestOverrideConfiguration.Builder> signed;
  private final int partSize;
  private final ScheduledExecutorService timer;

  Multipart(
      S3Client store,
      StorageConfig config,
      String key,
      byte[] data,
      AwsCredentials credentials,
      Upload.Shared shared) {
    this.store = store;
    this.config = config;
    this.key = key;
    this.data = data;
    this.signed = call -> call.credentialsProvider(StaticCredentialsProvider.create(credentials));
    this.partSize = shared.parts().size();
    this.timer = shared.timer();
  }

  /**
   * Writes it.
   *
   * @param object what is said of it; key and credentials are added
   * @throws S3Exception when the store refuses any of the requests
   */
  CompleteMultipartUploadResponse run(CreateMultipartUploadRequest.Builder object) {
    abortOrphans();
    String uploadId =
        store
            .createMultipartUpload(
                object.bucket(config.bucket()).key(key).overrideConfiguration(signed).build())
            .uploadId();
    try {
      return complete(uploadId, parts(uploadId));
    } catch (RuntimeException | Error failed) {
      abortInTime(uploadId);
      throw failed;
    }
  }

  private List<CompletedPart> parts(String uploadId) {
    List<CompletedPart> parts = new ArrayList<>();
    for (int offset = 0; offset < data.length; offset += partSize) {
      parts.add(part(uploadId, parts.size() + 1, offset));
    }
    return parts;
  }

  private CompletedPart part(String uploadId, int number, int offset) {
    int length = Math.min(partSize, data.length - offset);
    String checksum = Checksums.base64(Checksums.of(data, offset, length));
    UploadPartResponse answer =
        store.uploadPart(
            UploadPartRequest.builder()
                .bucket(config.bucket())
                .key(key)
                .uploadId(uploadId)
                .partNumber(number)
                .checksumSHA256(checksum)
                .overrideConfiguration(signed)
                .build(),
            RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(data, offset, length), length, Upload.JSON));
    return CompletedPart.builder()
        .partNumber(number)
        .eTag(answer.eTag())
        .checksumSHA256(checksum)
        .build();
  }

  private CompleteMultipartUploadResponse complete(String uploadId, List<CompletedPart> parts) {
    return store.completeMultipartUpload(
        CompleteMultipartUploadRequest.builder()
            .bucket(config.bucket())
            .key(key)
            .uploadId(uploadId)
            .ifNoneMatch("*")
            .multipartUpload(CompletedMultipartUpload.builder().parts(parts).build())
            .overrideConfiguration(signed)
            .build());
  }

  /** What earlier attempts of this task began and nobody ended. */
  private void abortOrphans() {
    List<MultipartUpload> uploads;
    try {
      uploads =
          store
              .listMultipartUploads(
                  ListMultipartUploadsRequest.builder()
                      .bucket(config.bucket())
                      .prefix(key)
                      .maxUploads(MOST_ORPHANS)
                      .overrideConfiguration(signed)
                      .build())
              .uploads();
    } catch (S3Exception refused) {
      if (mayGoOn(refused)) {
        return;
      }
      throw refused;
    }
    for (MultipartUpload upload : uploads) {
      // The key is whole in a prefix; another one cannot begin with it, but a store can be wrong.
      if (key.equals(upload.key())) {
        abort(upload.uploadId());
      }
    }
  }

  /** Credentials need not see uploads; a lifecycle rule of the bucket then clears up. */
  static boolean mayGoOn(S3Exception refused) {
    int status = refused.statusCode();
    return status == NOT_IMPLEMENTED
        || (status / 100 == 4 && status != TOO_MANY_REQUESTS && !Upload.isForNow(refused));
  }

  /** The thread may have been interrupted, because its attempt's time is over: that is undone. */
  private void abortInTime(String uploadId) {
    boolean interrupted = Thread.interrupted();
    Thread caller = Thread.currentThread();
    try {
      ScheduledFuture<?> limit =
          timer.schedule(caller::interrupt, ABORTS_WITHIN_SECONDS, TimeUnit.SECONDS);
      try {
        abort(uploadId);
      } finally {
        limit.cancel(false);
      }
    } catch (RejectedExecutionException e) {
      // The channel is closed; the next attempt aborts it.
    } finally {
      if (interrupted) {
        caller.interrupt();
      }
    }
  }

  private void abort(String uploadId) {
    try {
      store.abortMultipartUpload(
          AbortMultipartUploadRequest.builder()
              .bucket(config.bucket())
              .key(key)
              .uploadId(uploadId)
              .overrideConfiguration(signed)
              .build());
    } catch (SdkException e) {
      // Nothing depends on it: the next attempt of the task, or a rule of the bucket, tries again.
      log.atDebug()
          .addKeyValue("host", Stores.host(config))
          .log("unfinished upload could not be aborted");
    }
  }
}

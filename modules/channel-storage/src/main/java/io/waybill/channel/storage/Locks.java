package io.waybill.channel.storage;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.Reason;
import io.waybill.domain.StorageConfig;
import io.waybill.domain.StorageConfig.Retention;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DefaultRetention;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationRequest;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ObjectLockRule;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Decides what keeps an object. Whether a bucket has Object Lock is asked before the first object
 * that needs to know, and again after some minutes: a store that does not know the words of a lock
 * might drop them, and the object would look kept and be kept by nobody. Safe to share between
 * threads.
 */
final class Locks {
  /** Long enough to cost nothing, short enough to notice a bucket whose lock was switched on. */
  private static final Duration BELIEVED_FOR = Duration.ofMinutes(5);

  private static final int MOST_KEPT = 10_000;
  private static final int NOT_IMPLEMENTED = 501;
  private static final String HAS_NONE = "ObjectLockConfigurationNotFoundError";
  private static final String ACCESS_DENIED = "AccessDenied";

  private final InstantSource clock;
  private final ConcurrentMap<Asked, Known> known = new ConcurrentHashMap<>();

  /** By destination, so that nobody learns of a bucket with another's credentials. */
  private record Asked(DestinationId destination, long version) {}

  /**
   * @param mode how it keeps objects, absent when it cannot
   */
  private record Known(Optional<ObjectLockMode> mode, Instant at) {}

  Locks(InstantSource clock) {
    this.clock = clock;
  }

  sealed interface Decided {
    record Kept(Keeping keeping) implements Decided {}

    record Not(Upload.Result.Refused why) implements Decided {}
  }

  Decided decide(
      S3Client store, StorageConfig config, Destination destination, AwsCredentials credentials) {
    if (config.retention().isEmpty()) {
      return new Decided.Kept(Keeping.AS_THE_BUCKET_DOES);
    }
    Retention retention = config.retention().get();
    Instant until =
        clock.instant().plus(Duration.ofDays(retention.days())).truncatedTo(ChronoUnit.SECONDS);
    if (retention.mode() == Retention.Mode.CLEAN_UP) {
      return kept(Optional.empty(), until, retention);
    }
    Optional<ObjectLockMode> ofTheBucket;
    try {
      ofTheBucket = ofTheBucket(store, config, destination, credentials);
    } catch (S3Exception refused) {
      return new Decided.Not(refusal(refused, Stores.host(config)));
    } catch (SdkClientException odd) {
      if (Failures.of(odd, "").isPresent()) {
        throw odd;
      }
      return new Decided.Not(
          new Upload.Result.Refused(
              false,
              Reason.PROTOCOL_ERROR,
              Stores.host(config)
                  + " did not say as a store does whether the bucket has Object Lock; where a mark"
                  + " for clean-up is enough, retention.mode \"clean-up\" does not ask",
              Optional.empty(),
              false));
    }
    if (ofTheBucket.isEmpty()) {
      return retention.mode() == Retention.Mode.AUTO && retention.autoCleanup()
          ? kept(Optional.empty(), until, retention)
          : new Decided.Not(hasNone(config, retention));
    }
    return kept(
        switch (retention.mode()) {
          case GOVERNANCE -> Optional.of(ObjectLockMode.GOVERNANCE);
          case COMPLIANCE -> Optional.of(ObjectLockMode.COMPLIANCE);
          case AUTO, CLEAN_UP -> ofTheBucket;
        },
        until,
        retention);
  }

  private static Decided kept(Optional<ObjectLockMode> lock, Instant until, Retention retention) {
    return new Decided.Kept(new Keeping(lock, Optional.of(until), retention.autoCleanup()));
  }

  private Optional<ObjectLockMode> ofTheBucket(
      S3Client store, StorageConfig config, Destination destination, AwsCredentials credentials) {
    Asked asked = new Asked(destination.id(), destination.version());
    Known before = known.get(asked);
    if (before != null && before.at().plus(BELIEVED_FOR).isAfter(clock.instant())) {
      return before.mode();
    }
    Optional<ObjectLockMode> mode = ask(store, config, credentials);
    if (known.size() >= MOST_KEPT) {
      known.clear();
    }
    known.put(asked, new Known(mode, clock.instant()));
    return mode;
  }

  private static Optional<ObjectLockMode> ask(
      S3Client store, StorageConfig config, AwsCredentials credentials) {
    try {
      ObjectLockConfiguration answer =
          store
              .getObjectLockConfiguration(
                  GetObjectLockConfigurationRequest.builder()
                      .bucket(config.bucket())
                      .overrideConfiguration(call ->
                          call.credentialsProvider(StaticCredentialsProvider.create(credentials)))
                      .build())
              .objectLockConfiguration();
      return Optional.ofNullable(answer)
          .filter(lock -> lock.objectLockEnabled() == ObjectLockEnabled.ENABLED)
          .map(Locks::usualMode);
    } catch (S3Exception refused) {
      boolean cannot = refused.statusCode() == NOT_IMPLEMENTED;
      if (cannot || Upload.code(refused).filter(HAS_NONE::equals).isPresent()) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  /** The bucket's own rule is not weakened; without one, the lock that its owner can lift. */
  private static ObjectLockMode usualMode(ObjectLockConfiguration lock) {
    boolean isStrict =
        Optional.ofNullable(lock.rule())
            .map(ObjectLockRule::defaultRetention)
            .map(DefaultRetention::mode)
            .filter(ObjectLockRetentionMode.COMPLIANCE::equals)
            .isPresent();
    return isStrict ? ObjectLockMode.COMPLIANCE : ObjectLockMode.GOVERNANCE;
  }

  private static Upload.Result.Refused hasNone(StorageConfig config, Retention retention) {
    return forGood(
        Stores.host(config)
            + " has no Object Lock for this bucket, so that nothing would keep the object for "
            + retention.days()
            + " days, and it was not written: use a bucket with Object Lock, or, where a mark for"
            + " clean-up is enough, retention.mode \"clean-up\" with autoCleanup true; then replay");
  }

  private static Upload.Result.Refused refusal(S3Exception refused, String host) {
    return Upload.code(refused).filter(ACCESS_DENIED::equals).isPresent()
        ? forGood(
            host
                + " does not let these credentials see whether the bucket has Object Lock, and the"
                + " object was not written: allow them s3:GetBucketObjectLockConfiguration, then"
                + " replay")
        : Upload.refusal(refused, host);
  }

  private static Upload.Result.Refused forGood(String message) {
    return new Upload.Result.Refused(
        true, Reason.STORAGE_PERMANENT, message, Optional.empty(), false);
  }
}

package io.waybill.channel.storage;

import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;

/**
 * What keeps one object, decided before it is written.
 *
 * @param lock how the store keeps it until then; absent means that nothing does
 * @param until absent when nothing was said about how long it is kept
 * @param removable whether it may be removed after that
 */
record Keeping(Optional<ObjectLockMode> lock, Optional<Instant> until, boolean removable) {
  /** Nothing was said about how long it is kept. */
  static final Keeping AS_THE_BUCKET_DOES = new Keeping(Optional.empty(), Optional.empty(), false);

  /** The day that Object Lock is given, if there is one. */
  Optional<Instant> lockedUntil() {
    return lock.isPresent() ? until : Optional.empty();
  }

  /** The day after which it may be removed, if it may. */
  Optional<Instant> removableAfter() {
    return removable ? until : Optional.empty();
  }
}

package io.waybill.app.telemetry;

import io.waybill.domain.OrganizationId;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The tag of an organization, if there is to be one. Safe to share between threads. */
final class Organizations {
  /** Of all that came when the cap was reached. */
  static final String OTHER = "other";

  private final int most;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /**
   * @param most that have a tag of their own; 0: there is no such tag
   */
  Organizations(int most) {
    this.most = most;
  }

  /** Of one that exists: something of it was accepted. */
  Optional<String> tagOf(OrganizationId organization) {
    if (most == 0) {
      return Optional.empty();
    }
    String id = organization.value();
    return Optional.of(known.contains(id) || add(id) ? id : OTHER);
  }

  /** Of a name that anybody may have made up: it takes no place from those that exist. */
  Optional<String> tagOfClaimed(OrganizationId organization) {
    return most == 0
        ? Optional.empty()
        : Optional.of(known.contains(organization.value()) ? organization.value() : OTHER);
  }

  // Only until the cap is reached: one thread at a time, so that it is never exceeded.
  private boolean add(String id) {
    if (known.size() >= most) {
      return false;
    }
    synchronized (this) {
      return known.contains(id) || (known.size() < most && known.add(id));
    }
  }
}

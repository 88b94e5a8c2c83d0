package io.waybill.app.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The counters of one metric by what happened and why. Each is made when it first counts, and found
 * by two numbers after that, for this is asked at every attempt. Safe to share between threads.
 *
 * @param <K> what happened
 */
final class CounterTable<K extends Enum<K>> {
  private static final String NO_REASON = "none";
  private static final String ALL = "";

  /** One for each reason, and one for none. */
  private static final int WIDTH = Reason.values().length + 1;

  private final Metric metric;
  private final MeterRegistry registry;
  private final List<String> fixed;
  private final K[] kinds;
  private final boolean namesKind;
  private final boolean namesReason;
  private final Organizations organizations;
  private final Map<String, AtomicReferenceArray<Counter>> tables = new ConcurrentHashMap<>();

  /** Which tags the metric has between the fixed ones and the organization. */
  enum Names {
    KIND,
    REASON,
    KIND_AND_REASON
  }

  /**
   * @param fixed values of the metric's first tags
   * @param kinds all constants of K
   * @param organizations empty for a metric without that tag
   */
  CounterTable(
      Metric metric,
      MeterRegistry registry,
      List<String> fixed,
      K[] kinds,
      Names names,
      Optional<Organizations> organizations) {
    this.metric = metric;
    this.registry = registry;
    this.fixed = List.copyOf(fixed);
    this.kinds = kinds.clone();
    this.namesKind = names != Names.REASON;
    this.namesReason = names != Names.KIND;
    this.organizations = organizations.orElseGet(() -> new Organizations(0));
  }

  void count(K kind, Optional<Reason> reason, OrganizationId organization) {
    count(kind, reason, organizations.tagOf(organization).orElse(ALL));
  }

  /** Of an organization that nobody has checked. */
  void countClaimed(K kind, Optional<Reason> reason, OrganizationId organization) {
    count(kind, reason, organizations.tagOfClaimed(organization).orElse(ALL));
  }

  @SuppressWarnings("EnumOrdinal") // a place in an array of this process, and nothing that lasts
  private void count(K kind, Optional<Reason> reason, String owner) {
    AtomicReferenceArray<Counter> table =
        tables.computeIfAbsent(owner, _ -> new AtomicReferenceArray<>(kinds.length * WIDTH));
    int index = kind.ordinal() * WIDTH + (reason.isPresent() ? reason.get().ordinal() + 1 : 0);
    Counter counter = table.get(index);
    if (counter == null) {
      // Made twice by two threads it is the same: the registry knows it by its name and tags.
      counter = metric.counter(registry, values(kind, reason, owner));
      table.set(index, counter);
    }
    counter.increment();
  }

  /** Of something without an owner. */
  void count(K kind, Optional<Reason> reason) {
    countClaimed(kind, reason, OrganizationId.UNKNOWN);
  }

  private List<String> values(K kind, Optional<Reason> reason, String owner) {
    List<String> values = new ArrayList<>(fixed);
    if (namesKind) {
      values.add(word(kind));
    }
    if (namesReason) {
      values.add(reason.map(Reason::code).orElse(NO_REASON));
    }
    if (!owner.equals(ALL)) {
      values.add(owner);
    }
    return values;
  }

  /** A constant as it stands in a tag: {@code dead-lettered}. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

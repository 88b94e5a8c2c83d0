package io.waybill.fanout;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSelection;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RequestRules;
import io.waybill.wire.Codec;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All destinations that this process knows of, with an index of each organization's defaults. One
 * thread (the global one) writes, every stream thread reads; safe for that.
 *
 * <p>It lives in memory and is filled from the global store, which holds the records' bytes, and
 * from the records that follow. A record whose schema cannot be asked for now is kept undecoded,
 * and whoever needs that destination waits for the registry; nobody else does.
 */
final class DestinationTable {
  private static final Logger LOG = LoggerFactory.getLogger(DestinationTable.class);

  private final Codec<Destination> codec;
  private final Map<DestinationId, Route> routes = new ConcurrentHashMap<>();
  private final Map<OrganizationId, NavigableSet<DestinationId>> defaults =
      new ConcurrentHashMap<>();

  /** Per destination, oldest first: if the newest turns out to be poison, the one before holds. */
  private final Map<DestinationId, List<byte[]>> undecoded = new ConcurrentHashMap<>();

  private final AtomicLong changes = new AtomicLong();

  DestinationTable(Codec<Destination> codec) {
    this.codec = codec;
  }

  /** Raised after each change, so that who waits need not look as long as it stays the same. */
  long changes() {
    return changes.get();
  }

  synchronized void put(Destination destination) {
    undecoded.remove(destination.id());
    set(destination);
  }

  synchronized void remove(DestinationId id) {
    undecoded.remove(id);
    Route old = routes.remove(id);
    if (old != null) {
      dropDefault(old);
    }
    changes.incrementAndGet();
  }

  synchronized void clear() {
    undecoded.clear();
    routes.clear();
    defaults.clear();
    changes.incrementAndGet();
  }

  /** Keeps a record that cannot be read before the registry is back. */
  synchronized void putUndecoded(DestinationId id, byte[] value) {
    List<byte[]> values = new ArrayList<>(undecoded.getOrDefault(id, List.of()));
    values.add(value);
    undecoded.put(id, List.copyOf(values));
    changes.incrementAndGet();
  }

  /**
   * Looks a request's destinations up.
   *
   * @throws io.waybill.wire.RegistryException.Unavailable when one of them cannot be read, and
   *     waiting for the registry did not help
   */
  Resolution resolve(OrganizationId organization, DestinationSelection selection) {
    return switch (selection) {
      case DestinationSelection.Defaults() -> resolveDefaults(organization);
      case DestinationSelection.Named(var ids) -> resolveNamed(organization, ids);
    };
  }

  private Resolution resolveNamed(OrganizationId organization, List<DestinationId> ids) {
    List<Route> good = new ArrayList<>();
    List<Resolution.Refusal> refused = new ArrayList<>();
    boolean mayAppear = false;
    for (int i = 0; i < ids.size(); i++) {
      DestinationId id = ids.get(i);
      String field = "destinations[" + i + "]";
      decode(id);
      Route route = routes.get(id);
      boolean foreign = route != null && !route.organizationId().equals(organization);
      if (route == null || foreign || route.deleted()) {
        refused.add(Resolution.Refusal.notFound(field, id, foreign));
        // A foreign one waits as an unknown one does: the time must not tell them apart either.
        mayAppear = true;
      } else if (!route.enabled()) {
        refused.add(Resolution.Refusal.disabled(field, id));
      } else {
        good.add(route);
      }
    }
    return new Resolution(good, refused, mayAppear);
  }

  private Resolution resolveDefaults(OrganizationId organization) {
    // Any of them might be one of this organization's.
    undecoded.keySet().forEach(this::decode);
    List<Route> good = new ArrayList<>();
    for (DestinationId id : defaults.getOrDefault(organization, new ConcurrentSkipListSet<>())) {
      Route route = routes.get(id);
      // Both maps change one after the other, under our eyes.
      if (route != null && isUsableDefault(route) && route.organizationId().equals(organization)) {
        good.add(route);
      }
    }
    if (good.isEmpty()) {
      return new Resolution(good, List.of(Resolution.Refusal.noDefaults()), true);
    }
    if (good.size() > RequestRules.MAX_DESTINATIONS) {
      return new Resolution(
          List.of(),
          List.of(Resolution.Refusal.tooManyDefaults(good.size(), RequestRules.MAX_DESTINATIONS)),
          false);
    }
    return new Resolution(good, List.of(), false);
  }

  private void decode(DestinationId id) {
    List<byte[]> values = undecoded.get(id);
    if (values == null) {
      return;
    }
    List<Destination> readable = new ArrayList<>();
    for (byte[] value : values) {
      try {
        readable.add(UntilAvailable.call(() -> codec.decode(value)));
      } catch (UndecodableException e) {
        alarm(id.value(), e.reason().code(), String.valueOf(e.getMessage()));
      }
    }
    synchronized (this) {
      // Unless a newer record, or another thread, was faster.
      if (undecoded.remove(id, values)) {
        readable.stream().filter(d -> d.id().equals(id)).forEach(this::set);
      }
    }
  }

  private synchronized void set(Destination destination) {
    Route route = Route.of(destination);
    Route old = routes.put(route.id(), route);
    if (old != null
        && !(isUsableDefault(route) && old.organizationId().equals(route.organizationId()))) {
      dropDefault(old);
    }
    if (isUsableDefault(route)) {
      defaults
          .computeIfAbsent(route.organizationId(), _ -> new ConcurrentSkipListSet<>())
          .add(route.id());
    }
    changes.incrementAndGet();
  }

  private synchronized void dropDefault(Route old) {
    NavigableSet<DestinationId> ids = defaults.get(old.organizationId());
    if (ids != null) {
      ids.remove(old.id());
      if (ids.isEmpty()) {
        defaults.remove(old.organizationId());
      }
    }
  }

  private static boolean isUsableDefault(Route route) {
    return route.isDefault() && route.enabled() && !route.deleted();
  }

  /** Somebody must look: the destinations topic has one writer, which writes no such record. */
  static void alarm(String destinationId, String code, String problem) {
    LOG.atError()
        .addKeyValue("destinationId", destinationId)
        .addKeyValue("code", code)
        .addKeyValue("problem", problem)
        .log("ignored a record of the destinations topic, what was known before still holds");
  }
}

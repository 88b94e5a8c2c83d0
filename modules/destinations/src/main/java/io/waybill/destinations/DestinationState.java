package io.waybill.destinations;

import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.UndecodableException;
import io.waybill.wire.UntilAvailable;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * All state of one stream task: the destinations of the organizations whose commands it reads, and
 * the published destinations of everybody. Used by the task's thread only.
 *
 * <p>Keys start with the organization, which cannot contain a slash, so two names never give one
 * key.
 */
final class DestinationState implements Surroundings {
  static final String DESTINATIONS = "destinations";
  static final String SECRETS = "destination-secrets";
  static final String LABELS = "labels";
  static final String COUNTS = "counts";
  static final String DECIDED = "decided-commands";
  static final String DUE = "due";

  /** Global: every published destination, as bytes, so that a poison record there stops nothing. */
  static final String PUBLISHED = "published-destinations";

  private final Codecs codecs;
  private final DestinationsConfig config;
  private final KeyValueStore<String, byte[]> destinations;
  private final KeyValueStore<String, byte[]> secrets;
  private final KeyValueStore<String, String> labels;
  private final KeyValueStore<String, Long> counts;
  private final KeyValueStore<String, byte[]> decided;
  private final KeyValueStore<String, byte[]> published;
  private final DueIndex due;

  DestinationState(
      ProcessorContext<String, byte[]> context, Codecs codecs, DestinationsConfig config) {
    this.codecs = codecs;
    this.config = config;
    this.destinations = store(context, DESTINATIONS);
    this.secrets = store(context, SECRETS);
    this.labels = store(context, LABELS);
    this.counts = store(context, COUNTS);
    this.decided = store(context, DECIDED);
    this.published = store(context, PUBLISHED);
    this.due = new DueIndex(store(context, DUE));
  }

  Optional<Registered> find(OrganizationId organization, DestinationId id) {
    String key = key(organization, id);
    byte @Nullable [] bytes = destinations.get(key);
    if (bytes == null) {
      return Optional.empty();
    }
    byte @Nullable [] sealed = secrets.get(key);
    List<SealedField> fields =
        sealed == null ? List.of() : read(codecs.destinationSecrets(), sealed, key).fields();
    return Optional.of(new Registered(read(codecs.destinations(), bytes, key), fields));
  }

  /**
   * Takes the next version in, with its label, its place in the quota and, when it is deleted, the
   * time when it is to be forgotten.
   *
   * @param encoded of {@code after}
   * @param encodedSecrets of its credentials; null when it has none any more
   */
  void save(
      Optional<Destination> before,
      Destination after,
      byte[] encoded,
      byte @Nullable [] encodedSecrets) {
    String key = key(after.organizationId(), after.id());
    destinations.put(key, encoded);
    secrets.put(key, encodedSecrets);
    before
        .filter(old -> !old.deleted())
        .ifPresent(old -> labels.delete(labelKey(old.organizationId(), old.label())));
    if (!after.deleted()) {
      labels.put(labelKey(after.organizationId(), after.label()), after.id().value());
    } else {
      Instant forgetAt = after.updatedAt().plus(config.deletedRetention());
      due.add(forgetAt, DueIndex.Kind.DESTINATION, key);
    }
    int gone = before.filter(old -> !old.deleted()).isPresent() ? 1 : 0;
    int come = after.deleted() ? 0 : 1;
    if (gone != come) {
      String organization = after.organizationId().value();
      counts.put(organization, live(after.organizationId()) + come - gone);
    }
  }

  /** The first answer to this command id of this organization, encoded. */
  Optional<byte[]> decided(OrganizationId organization, UUID commandId) {
    return Optional.ofNullable(decided.get(organization + "/" + commandId));
  }

  void remember(OrganizationId organization, UUID commandId, byte[] encodedResult, Instant now) {
    String key = organization + "/" + commandId;
    decided.put(key, encodedResult);
    due.add(now.plus(config.commandMemory()), DueIndex.Kind.COMMAND, key);
  }

  /** Forgets what is due; gives the destinations whose published records are to go too. */
  List<Destination> forgetDue(Instant now) {
    return due.takeDue(now, config.sweepLimit()).stream()
        .flatMap(entry -> forget(entry).stream())
        .toList();
  }

  private Optional<Destination> forget(DueIndex.Entry entry) {
    return switch (entry.kind()) {
      case COMMAND -> {
        decided.delete(entry.key());
        yield Optional.empty();
      }
      case DESTINATION -> {
        byte @Nullable [] bytes = destinations.delete(entry.key());
        yield bytes == null
            ? Optional.empty()
            : Optional.of(read(codecs.destinations(), bytes, entry.key()));
      }
    };
  }

  @Override
  public Optional<DestinationId> labelled(OrganizationId organization, String label) {
    return Optional.ofNullable(labels.get(labelKey(organization, label))).map(DestinationId::new);
  }

  @Override
  public boolean isLive(OrganizationId organization, DestinationId id) {
    return find(organization, id).filter(found -> !found.destination().deleted()).isPresent();
  }

  @Override
  public long live(OrganizationId organization) {
    @Nullable Long count = counts.get(organization.value());
    return count == null ? 0 : count;
  }

  @Override
  public Holder holder(OrganizationId organization, DestinationId id) {
    byte @Nullable [] bytes = published.get(id.value());
    if (bytes == null) {
      return Holder.NOBODY;
    }
    try {
      Destination destination = UntilAvailable.call(() -> codecs.destinations().decode(bytes));
      return destination.organizationId().equals(organization)
          ? Holder.SAME_ORGANIZATION
          : Holder.OTHER_ORGANIZATION;
    } catch (UndecodableException e) {
      return Holder.UNREADABLE;
    }
  }

  private static <T> T read(Codec<T> codec, byte[] bytes, String key) {
    try {
      return UntilAvailable.call(() -> codec.decode(bytes));
    } catch (UndecodableException e) {
      // Our own record: going on without it would free its label and lose its credentials.
      throw new IllegalStateException(
          "the stored destination "
              + key
              + " cannot be read; does the schema registry still know all schemas that it gave ids"
              + " to? Restore them, then start again",
          e);
    }
  }

  private static String key(OrganizationId organization, DestinationId id) {
    return organization + "/" + id;
  }

  private static String labelKey(OrganizationId organization, String label) {
    return organization + "/" + label;
  }

  @SuppressWarnings("TypeParameterUnusedInFormals") // like the context's own method
  private static <S extends StateStore> S store(
      ProcessorContext<String, byte[]> context, String name) {
    return context.getStateStore(name);
  }
}

package io.waybill.client;

import io.waybill.client.plan.DestinationPlan;
import io.waybill.client.plan.ForeignThing;
import io.waybill.client.plan.PlanException;
import io.waybill.client.plan.SigningPlan;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import io.waybill.secrets.Keyset;
import io.waybill.secrets.Resealer;
import io.waybill.secrets.Sealer;
import io.waybill.wire.Codec;
import io.waybill.wire.Codecs;
import io.waybill.wire.DestinationJson;
import io.waybill.wire.Topics;
import io.waybill.wire.UndecodableException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What there is of destinations, and wishes about them. Safe to share between threads. */
final class Destinations {
  private static final Logger LOG = LoggerFactory.getLogger(Destinations.class);

  private final Publisher publisher;
  private final TopicFeed feed;
  private final Waiting waiting;
  private final Codecs codecs;
  private final Optional<Keyset> keyset;
  private final Asking asking;
  private final InstantSource clock;
  private final String actor;
  private final Duration answerWithin;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, CompletableFuture<DestinationResult>> answers =
      new ConcurrentHashMap<>();

  Destinations(
      Publisher publisher,
      TopicFeed feed,
      Waiting waiting,
      Codecs codecs,
      Optional<Keyset> keyset,
      Asking asking,
      InstantSource clock,
      String actor,
      Duration answerWithin) {
    this.publisher = publisher;
    this.feed = feed;
    this.waiting = waiting;
    this.codecs = codecs;
    this.keyset = keyset;
    this.asking = asking;
    this.clock = clock;
    this.actor = actor;
    this.answerWithin = answerWithin;
    feed.onFailure(this::failed);
  }

  /** Everything that the two compacted topics hold. */
  private record Known(List<Destination> destinations, List<DestinationSecrets> secrets) {
    List<SealedField> fieldsOf(Destination destination) {
      return secrets.stream()
          .filter(one -> one.destinationId().equals(destination.id()))
          .findFirst()
          .map(DestinationSecrets::fields)
          .orElse(List.of());
    }
  }

  /** See {@link WaybillClient#createDestination}. */
  SavedDestination create(DestinationSpec spec) {
    return save(valid(spec), Optional.empty(), List.of());
  }

  /** See {@link WaybillClient#applyDestination}. */
  SavedDestination apply(DestinationSpec spec) {
    DestinationJson.Valid wish = valid(spec);
    Known known = known();
    Optional<Destination> same =
        known.destinations.stream()
            .filter(one -> one.organizationId().equals(wish.spec().organizationId()))
            .filter(one -> one.label().equals(wish.spec().label()))
            .findFirst();
    return save(wish, same, same.map(known::fieldsOf).orElse(List.of()));
  }

  /** See {@link WaybillClient#updateDestination}. */
  SavedDestination update(DestinationId id, DestinationSpec spec) {
    DestinationJson.Valid wish = valid(spec);
    Known known = known();
    Destination present = require(id, known, "updateDestination");
    if (!present.organizationId().equals(wish.spec().organizationId())) {
      // The same words as for one that is not there: ids of others are not to be probed.
      throw notFound(id);
    }
    return save(wish, Optional.of(present), known.fieldsOf(present));
  }

  private DestinationJson.Valid valid(DestinationSpec spec) {
    DestinationJson.Parsed parsed = DestinationJson.parse(spec.json());
    if (parsed instanceof DestinationJson.Invalid invalid) {
      throw new RefusedException(
          "the destination is not valid, and nothing was published:", invalid.errors());
    }
    DestinationJson.Valid valid = (DestinationJson.Valid) parsed;
    asking.requireOwn(valid.spec().organizationId(), "the destination");
    valid
        .warnings()
        .forEach(warning ->
            LOG.atWarn()
                .addKeyValue("organizationId", valid.spec().organizationId())
                .addKeyValue("warning", warning)
                .log("a destination is allowed and yet worth a look"));
    return valid;
  }

  private SavedDestination save(
      DestinationJson.Valid wish, Optional<Destination> existing, List<SealedField> stored) {
    DestinationJson.Spec spec = wish.spec();
    SigningPlan signing;
    DestinationPlan plan;
    try {
      signing = SigningPlan.of(wish, existing, stored, this::sealer, random, clock.instant());
      plan =
          DestinationPlan.of(
              signing.wish(),
              existing,
              stored,
              this::sealer,
              this::renewed,
              () -> new DestinationId(UUID.randomUUID().toString()));
    } catch (PlanException e) {
      throw new RefusedException(String.valueOf(e.getMessage()), List.<FieldError>of());
    }
    if (plan instanceof DestinationPlan.Unchanged same) {
      return new SavedDestination(
          same.id(), spec.organizationId(), spec.label(), same.version(), Optional.empty());
    }
    DestinationCommand.Action action =
        plan instanceof DestinationPlan.Create create
            ? create.action()
            : ((DestinationPlan.Update) plan).action();
    DestinationResult.Applied applied =
        ask(spec.organizationId(), plan.id(), action, "destination '" + spec.label() + "'");
    return new SavedDestination(
        applied.destinationId(),
        spec.organizationId(),
        spec.label(),
        applied.version(),
        signing.made());
  }

  private Sealer sealer() {
    return new Sealer(requireKeyset());
  }

  private Keyset requireKeyset() {
    return keyset.orElseThrow(() ->
        new WaybillException(
            "credentials are sealed with the installation's keyset before they are published, and"
                + " this client has none: give it to WaybillClient.builder().keyset(...)"));
  }

  private SealedField renewed(
      OrganizationId organization, DestinationId id, DestinationConfig config, SealedField field) {
    return keyset
        .flatMap(keys -> new Resealer(keys).reseal(organization, id, config, field))
        .orElse(field);
  }

  /**
   * Changes one destination and returns its new version.
   *
   * @param method of the client, for the audit trail
   */
  long change(DestinationId id, DestinationCommand.Action action, String method) {
    Destination present = require(id, known(), method);
    return ask(present.organizationId(), id, action, "the change of destination " + id).version();
  }

  /** See {@link WaybillClient#destination}. */
  Optional<Destination> find(DestinationId id) {
    return find(id, known(), "destination");
  }

  /** See {@link WaybillClient#destinations}. */
  List<Destination> of(OrganizationId organization) {
    asking.requireOwn(organization, "what is asked for");
    return known().destinations.stream()
        .filter(one -> one.organizationId().equals(organization))
        .sorted(Comparator.comparing(Destination::label))
        .toList();
  }

  private Destination require(DestinationId id, Known known, String method) {
    return find(id, known, method).orElseThrow(() -> notFound(id));
  }

  private Optional<Destination> find(DestinationId id, Known known, String method) {
    Optional<Destination> found =
        known.destinations.stream().filter(one -> one.id().equals(id)).findFirst();
    if (found.filter(one -> asking.isForeign(one.organizationId())).isPresent()) {
      asking.report(ForeignThing.DESTINATION, id.value(), method);
      return Optional.empty();
    }
    return found;
  }

  private static NotFoundException notFound(DestinationId id) {
    return new NotFoundException("no such destination: " + id);
  }

  private Known known() {
    return waiting
        .get(
            feed.call(reads ->
                new Known(
                    newest(reads, Topics.DESTINATIONS, codecs.destinations())
                        .filter(destination -> !destination.deleted())
                        .toList(),
                    newest(reads, Topics.DESTINATION_SECRETS, codecs.destinationSecrets())
                        .toList())),
            answerWithin)
        .orElseThrow(() ->
            new NoAnswerException(
                "the destinations could not be read within "
                    + answerWithin
                    + ": can Kafka be reached?",
                Optional.empty()));
  }

  private static <T> Stream<T> newest(TopicFeed.Reads reads, String topic, Codec<T> codec) {
    Map<String, T> newest = new HashMap<>();
    Map<Integer, Long> all = new HashMap<>();
    for (int i = 0; i < reads.partitions(topic); i++) {
      all.put(i, TopicFeed.Reads.BEGINNING);
    }
    reads.read(
        topic,
        all,
        record -> {
          String key = key(record);
          newest.remove(key);
          decode(record, codec::decode).ifPresent(value -> newest.put(key, value));
        });
    return newest.values().stream();
  }

  private DestinationResult.Applied ask(
      OrganizationId organization,
      DestinationId id,
      DestinationCommand.Action action,
      String what) {
    DestinationCommand command =
        new DestinationCommand(UUID.randomUUID(), organization, id, actor, clock.instant(), action);
    byte[] value = codecs.destinationCommands().encode(Topics.DESTINATION_COMMANDS, command);
    String key = command.commandId().toString();
    CompletableFuture<DestinationResult> answer = new CompletableFuture<>();
    answers.put(key, answer);
    try {
      // Before the question is published, so that the answer cannot have passed.
      waiting.get(
          feed.call(reads -> {
            reads.follow(Topics.DESTINATION_RESULTS, this::take);
            return true;
          }),
          answerWithin);
      waiting.get(
          publisher.publish(Topics.DESTINATION_COMMANDS, organization.value(), value),
          answerWithin);
      DestinationResult result =
          waiting
              .get(answer, answerWithin)
              .orElseThrow(() ->
                  new NoAnswerException(
                      "no answer about "
                          + what
                          + " within "
                          + answerWithin
                          + ". The command is published, and will be decided when Waybill's"
                          + " destinations role runs: check that it does, then look with"
                          + " destinations(...)",
                      Optional.empty()));
      if (result instanceof DestinationResult.Refused refused) {
        throw new RefusedException(
            what + " was refused, and nothing has changed:", refused.errors());
      }
      return (DestinationResult.Applied) result;
    } finally {
      answers.remove(key);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    CompletableFuture<DestinationResult> answer = answers.get(key(record));
    if (answer != null) {
      decode(record, codecs.destinationResults()::decode).ifPresent(answer::complete);
    }
  }

  /** Everybody who waits hears that it is in vain. */
  private void failed(RuntimeException e) {
    List.copyOf(answers.values())
        .forEach(answer -> answer.completeExceptionally(Waiting.failure(e)));
  }

  private interface Decoding<T> {
    T decode(byte[] value) throws UndecodableException;
  }

  private static <T> Optional<T> decode(
      ConsumerRecord<byte[], byte[]> record, Decoding<T> decoding) {
    if (record.value() == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(decoding.decode(record.value()));
    } catch (UndecodableException e) {
      LOG.atWarn()
          .addKeyValue("topic", record.topic())
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .addKeyValue("problem", e.getMessage())
          .log("a record cannot be read and is left out");
      return Optional.empty();
    }
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
  }
}

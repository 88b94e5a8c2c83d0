package io.waybill.status;

import io.waybill.domain.Alert;
import io.waybill.domain.DeliveryEvent.TaskEvent;
import io.waybill.domain.DeliveryRequest;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationHealth;
import io.waybill.domain.DestinationId;
import io.waybill.domain.HealthSignal;
import io.waybill.domain.OrganizationId;
import io.waybill.wire.AlertJson;
import io.waybill.wire.Codecs;
import io.waybill.wire.RequestKeys;
import io.waybill.wire.Topics;
import io.waybill.wire.UntilAvailable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from the health of the destinations of one partition: alerts, their deliveries, and
 * the wish that a destination be disabled. What was told is kept in a store, so that a restart
 * neither repeats nor forgets an alert.
 */
final class Alerting {
  private static final Logger LOG = LoggerFactory.getLogger(Alerting.class);

  /** In place of a version; ids are never used again. */
  private static final long DELETED = Long.MAX_VALUE;

  private final Codecs codecs;
  private final StatusConfig config;
  private final Output output;
  private final HealthBook healths;
  private final AlertDecider decider;
  private final KeyValueStore<String, byte[]> store;

  /** Destinations of which time alone can change what is to be told. */
  private final Set<String> watched = new HashSet<>();

  Alerting(
      ProcessorContext<byte[], byte[]> context,
      Codecs codecs,
      StatusConfig config,
      Output output,
      HealthBook healths) {
    this.codecs = codecs;
    this.config = config;
    this.output = output;
    this.healths = healths;
    decider = new AlertDecider(config.alerts(), config.autoDisable());
    store = context.getStateStore(StatusNodes.ALERTS_STORE);
    try (var all = store.all()) {
      all.forEachRemaining(entry -> {
        if (isToBeWatched(entry.key, entry.value)) {
          watched.add(entry.key);
        }
      });
    }
  }

  private boolean isToBeWatched(String key, byte[] value) {
    return AlertStateFormat.decode(value).map(AlertState::needsWatching).orElse(true)
        || healths
            .find(new DestinationId(key))
            .filter(health -> health.consecutiveFailures() > 0)
            .isPresent();
  }

  /**
   * Whether it was deleted: attempts that were under way then end later, and must not bring its
   * health back, which nobody would end any more.
   */
  boolean isDeleted(DestinationId destination) {
    return find(destination).version == DELETED;
  }

  /** After an attempt that says something of its destination. */
  void attempted(TaskEvent event, DestinationHealth health, boolean failed, Duration took) {
    Instant now = output.now();
    AlertState state = find(health.destinationId());
    state.add(event.occurredAt(), failed, took, config.alerts().measuredOver(), now);
    if (!AlertDelivery.isOne(event.deliveryId())) {
      state.paidFor = true;
    }
    if (failed) {
      disableIfDue(state, health, now);
    }
    look(state, health, now);
  }

  /** After a new count of a destination's backlog. */
  void backlog(HealthSignal.Backlog signal, Optional<DestinationHealth> known) {
    AlertState state = find(signal.destinationId());
    if (state.version == DELETED || (known.isEmpty() && state.version == 0)) {
      // Of a destination that was deleted while its tasks were under way.
      return;
    }
    DestinationHealth health = known.orElseGet(() -> HealthReducer.ofBacklog(signal));
    if (signal.open() == 0) {
      state.open.remove(signal.partition());
    } else {
      state.open.put(signal.partition(), signal.open());
    }
    DestinationHealth after = health.withBacklog(state.backlog());
    if (known.isEmpty() || after.backlog() != health.backlog()) {
      healths.save(Optional.of(health), after);
    }
    look(state, after, output.now());
  }

  /** After a change of a destination by its owner, or by ourselves. */
  void configured(HealthSignal.Configured signal) {
    if (signal.deleted()) {
      healths.remove(signal.destinationId());
      AlertState gone = new AlertState();
      gone.version = DELETED;
      save(signal.destinationId(), gone);
      watched.remove(signal.destinationId().value());
      return;
    }
    AlertState state = find(signal.destinationId());
    if (signal.version() < state.version) {
      // Read again from the beginning, after somebody has set offsets back.
      return;
    }
    boolean isKnown = state.version > 0;
    boolean wasEnabled = state.enabled;
    state.label = Optional.of(signal.label()).filter(label -> !label.isEmpty());
    state.version = signal.version();
    state.enabled = signal.enabled();
    if (isKnown && wasEnabled && !signal.enabled()) {
      state.forgive();
      decider
          .disabled(state, signal, output.now())
          .ifPresent(alert -> publish(List.of(alert), state));
    } else if (isKnown && !wasEnabled && signal.enabled()) {
      state.forgive();
      healths
          .find(signal.destinationId())
          .ifPresent(health -> healths.save(Optional.empty(), health.forgiven()));
    }
    save(signal.destinationId(), state);
  }

  /** Looks at those of which time alone decides: a rate falls when old failures leave it. */
  void lookAtWatched() {
    Instant now = output.now();
    for (String key : List.copyOf(watched)) {
      DestinationId destination = new DestinationId(key);
      Optional<DestinationHealth> health = healths.find(destination);
      if (health.isPresent()) {
        look(find(destination), health.get(), now);
      } else {
        watched.remove(key);
      }
    }
  }

  private void look(AlertState state, DestinationHealth health, Instant now) {
    publish(decider.look(state, health, now), state);
    save(health.destinationId(), state);
    boolean isWatched = state.needsWatching() || health.consecutiveFailures() > 0;
    if (isWatched) {
      watched.add(health.destinationId().value());
    } else {
      watched.remove(health.destinationId().value());
    }
  }

  private void disableIfDue(AlertState state, DestinationHealth health, Instant now) {
    boolean isAskable = state.version > 0 && state.enabled && state.disableAsked != state.version;
    if (!isAskable || !config.autoDisable().isDue(health)) {
      return;
    }
    state.disableAsked = state.version;
    String name = "failing " + health.destinationId() + " " + state.version;
    String reason =
        "failed "
            + health.consecutiveFailures()
            + " times in a row within "
            + AlertDecider.words(AutoDisable.failingFor(health, now))
            + ", the last time with "
            + health.lastReason().map(last -> last.code()).orElse("no reason")
            + ". Put right what is wrong, then enable the destination";
    DestinationCommand command =
        new DestinationCommand(
            UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
            health.organizationId(),
            health.destinationId(),
            StatusTopology.APPLICATION_ID,
            now,
            new DestinationCommand.Disable(OptionalLong.of(state.version), Optional.of(reason)));
    LOG.atInfo()
        .addKeyValue("organizationId", health.organizationId())
        .addKeyValue("destinationId", health.destinationId())
        .addKeyValue("failures", health.consecutiveFailures())
        .log("destination has failed for too long and is to be disabled");
    output.send(
        StatusNodes.DESTINATION_COMMANDS_SINK,
        Topics.DESTINATION_COMMANDS,
        codecs.destinationCommands(),
        health.organizationId().value(),
        command);
  }

  private void publish(List<Alert> alerts, AlertState state) {
    for (Alert alert : alerts) {
      String key = alert.organizationId().value();
      output.send(StatusNodes.ALERTS_SINK, Topics.ALERTS, codecs.alerts(), key, alert);
      if (config.jsonView()) {
        output.sendBytes(StatusNodes.ALERTS_JSON_SINK, key, AlertJson.encode(alert));
      }
      deliver(alert, state);
    }
  }

  /**
   * Delivers an alert, unless that could go round for ever: not when it is about a destination that
   * carries alerts, and not when nothing but alerts was sent to it since the last alert about it
   * that was delivered (a carrier's fallback is such a destination). So there are never more of
   * these deliveries than attempts that something else gave reason for. See docs/decisions/0026.
   */
  private void deliver(Alert alert, AlertState state) {
    if (!state.paidFor || config.alerts().isCarrier(alert.destinationId())) {
      return;
    }
    OrganizationId about = alert.organizationId();
    for (AlertCarrier carrier : config.alerts().carriers()) {
      if (carrier.covers(about)) {
        state.paidFor = false;
        DeliveryRequest request = AlertDelivery.request(alert, carrier);
        output.sendBytes(
            StatusNodes.REQUESTS_SINK,
            RequestKeys.of(carrier.organization(), AlertDelivery.idOf(alert, carrier).toString()),
            UntilAvailable.call(() -> codecs.requests().encode(Topics.REQUESTS, request)));
      }
    }
  }

  private AlertState find(DestinationId destination) {
    byte[] value = store.get(destination.value());
    if (value == null) {
      return new AlertState();
    }
    Optional<AlertState> state = AlertStateFormat.decode(value);
    if (state.isEmpty()) {
      // As with health: an alert too many is better than to stop.
      LOG.atWarn()
          .addKeyValue("destinationId", destination)
          .log("what was told of a destination cannot be read and begins anew");
    }
    return state.orElseGet(AlertState::new);
  }

  private void save(DestinationId destination, AlertState state) {
    byte[] encoded = AlertStateFormat.encode(state);
    if (!Arrays.equals(encoded, store.get(destination.value()))) {
      store.put(destination.value(), encoded);
    }
  }
}

package io.waybill.sender;

import static io.waybill.sender.TestTasks.HOOK;
import static io.waybill.sender.TestTasks.NOW;
import static io.waybill.sender.TestTasks.ORIGIN;
import static io.waybill.sender.TestTasks.aTask;
import static io.waybill.sender.TestTasks.destination;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DeliveryCommand;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import io.waybill.domain.RetryPolicy;
import io.waybill.domain.Task;
import io.waybill.wire.Codecs;
import io.waybill.wire.InMemorySchemaRegistry;
import io.waybill.wire.RegistryException;
import io.waybill.wire.SchemaRegistry;
import io.waybill.wire.Topics;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Nothing that an outcome can bring needs the schema registry once the encoder is prepared. */
class OutcomeEncoderTest {
  private final Leaving registry = new Leaving();
  private final OutcomeEncoder encoder =
      new OutcomeEncoder(new Codecs(registry), DestinationType.WEBHOOK);
  private final Settlements settlements = new Settlements(new Random(1));
  private final Task task = aTask().build();

  /** A registry that can be gone. */
  private static final class Leaving implements SchemaRegistry {
    private final SchemaRegistry registry = new InMemorySchemaRegistry();
    private boolean gone;

    @Override
    public int register(String subject, String schema) {
      if (gone) {
        throw new RegistryException.Unavailable("gone, asked for " + subject);
      }
      return registry.register(subject, schema);
    }

    @Override
    public String schemaById(int id) {
      return registry.schemaById(id);
    }
  }

  @Test
  void encodesADeadLetterWithAllThatMayComeWithIt() {
    Outcome outcome = new Outcome.Permanent(Reason.GONE, "answered 410", Duration.ZERO);
    Settlement dead =
        new GoneReceivers(DestinationType.WEBHOOK)
            .complete(
                settlements.ofAttempt(task, task, ORIGIN, outcome, RetryPolicy.defaults(), NOW),
                outcome,
                destination(HOOK, 1, 3),
                NOW);
    Settlement whole =
        new Settlement(
            dead.events(),
            dead.parked(),
            dead.deadLetter(),
            Optional.of(
                new DeliveryCommand(
                    UUID.randomUUID(),
                    task.deliveryId(),
                    task.organizationId(),
                    "test",
                    NOW,
                    new DeliveryCommand.Cancel())),
            dead.destinationCommand());
    encoder.prepare();
    registry.gone = true;

    assertThat(encoder.encode(whole, NOW, Optional.empty()).records())
        .extracting(ProducerRecord::topic)
        .containsExactlyInAnyOrder(
            Topics.EVENTS,
            Topics.EVENTS,
            Topics.DEAD_LETTERS,
            Topics.COMMANDS,
            Topics.DESTINATION_COMMANDS);
  }

  @Test
  void encodesAParkedTask() {
    encoder.prepare();
    registry.gone = true;

    assertThat(
            encoder
                .encode(
                    settlements.parked(task, Reason.OVERFLOW, NOW.plusSeconds(1), NOW),
                    NOW,
                    Optional.empty())
                .records())
        .extracting(ProducerRecord::topic)
        .containsExactly(Topics.EVENTS, Topics.retry(DestinationType.WEBHOOK));
  }
}

package io.waybill.destinations;

import static io.waybill.destinations.Samples.ANY_VERSION;
import static io.waybill.destinations.Samples.ID;
import static io.waybill.destinations.Samples.NOW;
import static io.waybill.destinations.Samples.ORG;
import static io.waybill.destinations.Samples.OTHER_ORG;
import static io.waybill.destinations.Samples.command;
import static io.waybill.destinations.Samples.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.AuditRecord;
import io.waybill.domain.DeadLetter;
import io.waybill.domain.DestinationCommand;
import io.waybill.domain.DestinationResult;
import io.waybill.domain.FieldError;
import io.waybill.domain.RawBytes;
import io.waybill.domain.Reason;
import io.waybill.domain.RecordOrigin;
import io.waybill.wire.Topics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoisonCommandsTest {
  @TempDir Path folder;
  private TopologyFixture waybill;

  @BeforeEach
  void start() {
    waybill = new TopologyFixture(folder, DestinationsConfig.defaults());
  }

  @AfterEach
  void stop() {
    waybill.close();
  }

  @Test
  void buriesATombstone() {
    assertBuried(null, Reason.MALFORMED);
  }

  @Test
  void buriesEmptyBytes() {
    assertBuried(new byte[0], Reason.MALFORMED);
  }

  @Test
  void buriesJson() {
    assertBuried("{\"kind\":\"create\"}".getBytes(StandardCharsets.UTF_8), Reason.MALFORMED);
  }

  @Test
  void buriesATruncatedCommand() {
    byte[] whole = encoded(command(create("reports")));
    assertBuried(Arrays.copyOf(whole, whole.length - 3), Reason.MALFORMED);
  }

  @Test
  void buriesAnUnknownSchema() {
    assertBuried(new byte[] {0, 127, -1, -1, -1, 1, 2, 3}, Reason.UNKNOWN_SCHEMA);
  }

  @Test
  void buriesAnotherRecordsSchema() {
    var result = new DestinationResult.Applied(UUID.randomUUID(), ORG, ID, 1);
    assertBuried(
        waybill.codecs.destinationResults().encode(Topics.DESTINATION_RESULTS, result),
        Reason.MALFORMED);
  }

  @Test
  void buriesAnUnknownKind() {
    assertBuried(avro("explode", "webhook", ID.value(), null), Reason.MALFORMED);
  }

  @Test
  void buriesAnInvalidDestinationId() {
    assertBuried(avro("enable", "webhook", "../etc", null), Reason.MALFORMED);
  }

  @Test
  void buriesTypesThatItCannotReadAndSaysSo() {
    assertBuried(avro("create", "email", ID.value(), null), Reason.MALFORMED);
    assertBuried(avro("create", "carrier-pigeon", ID.value(), null), Reason.MALFORMED);

    waybill.sendRaw(ORG.value(), avro("create", "carrier-pigeon", ID.value(), null));

    assertThat(waybill.deadLetters().getFirst().get().message())
        .contains("config of a type that this version does not know");
  }

  @Test
  void buriesABrokenUrlWithoutRepeatingIt() {
    var webhook =
        new io.waybill.avro.WebhookConfig(
            "https://user:pass word@example.com",
            "POST",
            List.of(),
            1000L,
            null,
            "data",
            null,
            null,
            null,
            false,
            false);
    assertBuried(avro("create", "webhook", ID.value(), webhook), Reason.MALFORMED);
    assertBuried(avro("create", "email", ID.value(), webhook), Reason.MALFORMED);

    waybill.sendRaw(ORG.value(), avro("create", "webhook", ID.value(), webhook));

    assertThat(waybill.deadLetters().getFirst().get().message())
        .contains("url is not a URL")
        .doesNotContain("example.com", "word");
  }

  @Test
  void buriesRecordsWithoutKeyOrWithAHostileOne() {
    for (String key : Arrays.asList(null, "", "-", "a/b", "org\n1", "x".repeat(10_000))) {
      waybill.sendRaw(key, new byte[] {1});

      DeadLetter letter = waybill.deadLetters().getFirst().get();
      assertThat(letter.organizationId()).as("key %s", key).isEmpty();
      assertThat(letter.originalKey().isPresent()).isEqualTo(key != null);
    }
  }

  @Test
  void refusesACommandWhoseKeyIsNotItsOrganization() {
    for (String key : Arrays.asList(null, OTHER_ORG.value(), "", ORG + " ")) {
      var command = command(create("reports"));
      waybill.sendKeyed(key, command);

      var result = waybill.results().getFirst();
      assertThat(result.key()).isEqualTo(command.commandId().toString());
      assertThat(((DestinationResult.Refused) result.get()).errors())
          .as("key %s", key)
          .extracting(FieldError::code)
          .containsExactly("key-mismatch");
      assertThat(waybill.destinations()).isEmpty();
      assertThat(waybill.secrets()).isEmpty();
      List<TopologyFixture.Read<AuditRecord>> audits = waybill.audits();
      assertThat(audits).hasSize(1);
      assertThat(audits.getFirst().key()).isEqualTo(ORG.value());
      assertThat(audits.getFirst().get().action()).isEqualTo("destination-command-refused");

      // Sent again rightly, it is decided: the refusal elsewhere must not stand in its way.
      waybill.send(
          new DestinationCommand(
              command.commandId(),
              ORG,
              ID,
              "alice",
              NOW,
              new DestinationCommand.Enable(ANY_VERSION)));
      assertThat(((DestinationResult.Refused) waybill.results().getFirst().get()).errors())
          .extracting(FieldError::code)
          .containsExactly("not-found");
      waybill.skip();
    }
  }

  @Test
  void anUnreadablePublishedRecordStopsNothing() {
    waybill.publish(ID, new byte[] {0, 127, -1, -1, -1, 9});
    waybill.destinations();

    var taken = waybill.answer(command(create("reports")));
    assertThat(((DestinationResult.Refused) taken).errors())
        .extracting(FieldError::code)
        .containsExactly("already-exists");
    assertThat(waybill.audits()).hasSize(1);
    assertThat(waybill.answer(command(ORG, Samples.SECOND_ID, create("reports"))))
        .isInstanceOf(DestinationResult.Applied.class);
  }

  private void assertBuried(byte @Nullable [] poison, Reason reason) {
    waybill.skip();
    waybill.sendRaw(ORG.value(), poison);
    var good = command(new DestinationCommand.Enable(ANY_VERSION));
    waybill.send(good);

    List<TopologyFixture.Read<DeadLetter>> letters = waybill.deadLetters();
    assertThat(letters).hasSize(1);
    DeadLetter letter = letters.getFirst().get();
    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.organizationId()).contains(ORG);
    assertThat(letter.message()).isNotBlank();
    assertThat(letter.diedAt()).isEqualTo(NOW);
    assertThat(letter.origin().topic()).isEqualTo(Topics.DESTINATION_COMMANDS);
    assertThat(letters.getFirst().key())
        .isEqualTo(new RecordOrigin(Topics.DESTINATION_COMMANDS, 0, letter.origin().offset()) + "");
    assertThat(letter.originalValue().map(RawBytes::bytes).orElse(null)).isEqualTo(poison);
    assertThat(waybill.destinations()).isEmpty();
    // The next command is answered as if nothing had been.
    assertThat(waybill.results())
        .extracting(TopologyFixture.Read::key)
        .containsExactly(good.commandId().toString());
  }

  private byte[] encoded(DestinationCommand command) {
    return waybill.codecs.destinationCommands().encode(Topics.DESTINATION_COMMANDS, command);
  }

  /** A command as another version, or a careless publisher, would write it. */
  private byte[] avro(
      String kind,
      String type,
      String destinationId,
      io.waybill.avro.@Nullable WebhookConfig webhook) {
    var command =
        new io.waybill.avro.DestinationCommand(
            UUID.randomUUID().toString(),
            ORG.value(),
            destinationId,
            "alice",
            NOW,
            kind,
            new io.waybill.avro.DestinationDefinition(
                "reports",
                null,
                new io.waybill.avro.DestinationConfig(type, webhook, null, null),
                List.of(),
                null,
                false,
                List.of()),
            null,
            null);
    var schema = io.waybill.avro.DestinationCommand.getClassSchema();
    int id = waybill.registry.register(Topics.DESTINATION_COMMANDS + "-value", schema.toString());
    var bytes = new ByteArrayOutputStream();
    bytes.write(0);
    bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(id).array());
    try {
      var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      new SpecificDatumWriter<io.waybill.avro.DestinationCommand>(schema).write(command, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }
}

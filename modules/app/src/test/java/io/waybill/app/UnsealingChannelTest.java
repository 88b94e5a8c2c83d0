package io.waybill.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.Attempt;
import io.waybill.channel.Channel;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Destination;
import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.DestinationType;
import io.waybill.domain.Fallback;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Outcome;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.SealedPayload;
import io.waybill.domain.Task;
import io.waybill.domain.TaskId;
import io.waybill.domain.TaskPayload;
import io.waybill.domain.WebhookConfig;
import io.waybill.secrets.PayloadKeyFile;
import io.waybill.secrets.PayloadKeys;
import io.waybill.secrets.PayloadOpener;
import io.waybill.secrets.PayloadSealer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsealingChannelTest {
  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final DeliveryId DELIVERY = DeliveryId.random();
  private static final DestinationId HOOK = new DestinationId("hook");
  private static final Instant T = Instant.parse("2026-01-31T08:00:00Z");
  private static final Outcome DONE = new Outcome.Delivered("200", Optional.empty(), Duration.ZERO);
  private static final Outcome PROBED =
      new Outcome.Delivered("probed", Optional.empty(), Duration.ZERO);

  @TempDir private Path folder;
  private Path keys;
  private final List<Attempt> seen = new ArrayList<>();

  @BeforeEach
  void makeKeys() {
    keys = folder.resolve("payload-keys.json");
    new PayloadKeyFile(keys).create(ACME);
  }

  @Test
  void aPayloadInClearPassesAsTheSameObject() {
    Attempt attempt = attempt(new Payload("report", RawJson.of("{\"a\":1}"), RawJson.of("{}")));
    assertThat(send(attempt)).isEqualTo(DONE);
    assertThat(seen).singleElement().isSameAs(attempt);
  }

  @Test
  void whatMayHaveToBeOpenedCountsTwice() {
    Destination destination = attempt(sealed("{}", "{}")).destination();
    UnsealingChannel withKeys =
        new UnsealingChannel(new Recording(), new PayloadOpener(PayloadKeys.load(keys)));
    UnsealingChannel withoutKeys =
        new UnsealingChannel(new Recording(), PayloadOpener.withoutKeys());

    assertThat(withKeys.footprint(Optional.of(destination), 1_000)).isEqualTo(2_000);
    assertThat(withoutKeys.footprint(Optional.of(destination), 1_000)).isEqualTo(1_000);
  }

  @Test
  void theChannelGetsDataAndMetadataOpen() {
    Attempt attempt = attempt(sealed("{ \"a\" : 1.10 }", "{\"m\":1}"));
    assertThat(send(attempt)).isEqualTo(DONE);
    assertThat(seen)
        .singleElement()
        .satisfies(open -> {
          assertThat(open.data().text()).isEqualTo("{ \"a\" : 1.10 }");
          assertThat(open.task().metadata().text()).isEqualTo("{\"m\":1}");
          assertThat(open.task().payload())
              .isEqualTo(new TaskPayload.Inline(RawJson.of("{ \"a\" : 1.10 }")));
          assertThat(open.task().taskId()).isEqualTo(attempt.task().taskId());
          assertThat(open.number()).isEqualTo(attempt.number());
          assertThat(open.confidential()).as("what is said to it may repeat it").isTrue();
        });
  }

  @Test
  void whatIsInsideMustBeJsonForItIsSplicedIntoWhatIsSent() {
    for (Payload payload :
        List.of(
            sealed("1, \"admin\": true", "{}"),
            sealed("{\"a\":1", "{}"),
            sealed("{}", "[]"),
            sealed("", "{}"))) {
      assertThat(send(attempt(payload)))
          .isInstanceOfSatisfying(
              Outcome.Permanent.class,
              refused -> assertThat(refused.reason()).isEqualTo(Reason.MALFORMED));
    }
    assertThat(seen).isEmpty();
  }

  @DisplayName("row 22: a missing key waits, a destroyed one ends, and an altered seal ends")
  @Test
  void aMissingKeyWaitsADestroyedOneEndsAndAnAlteredSealEnds() {
    Attempt attempt = attempt(sealed("{}", "{}"));
    assertThat(
            new UnsealingChannel(new Recording(), PayloadOpener.withoutKeys())
                .send(attempt)
                .toCompletableFuture()
                .join())
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            waiting -> assertThat(waiting.reason()).isEqualTo(Reason.KEY_UNAVAILABLE));
    Attempt altered =
        attempt(new Payload("another-type", sealed("{}", "{}").data(), RawJson.of("{}"), true));
    assertThat(send(altered))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.INTEGRITY));

    new PayloadKeyFile(keys).destroy(ACME);
    assertThat(send(attempt))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.PAYLOAD_KEY_DESTROYED));
    assertThat(seen).isEmpty();
  }

  @Test
  void anotherInstallationsKeysAreWaitedForAndNamed() {
    Attempt attempt = attempt(sealed("{\"patient\":\"p-7\"}", "{}"));
    Path others = folder.resolve("others.json");
    String otherId = new PayloadKeyFile(others).create(ACME);
    String id = SealedPayload.parse(attempt.data()).orElseThrow().keyId();
    assertThat(id).isNotEqualTo(otherId);

    assertThat(send(attempt, new Recording(), others))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            waiting -> {
              assertThat(waiting.reason()).isEqualTo(Reason.KEY_UNAVAILABLE);
              assertThat(waiting.message())
                  .contains(id, "acme", "payloadKeys")
                  .doesNotContain("p-7", otherId);
            });
    assertThat(seen).isEmpty();
  }

  /** Waiting would never end: the key is here, and is not the one. */
  @Test
  void anotherKeyUnderTheSameIdEndsIt() throws IOException {
    Attempt attempt = attempt(sealed("{\"patient\":\"p-7\"}", "{}"));
    String id = SealedPayload.parse(attempt.data()).orElseThrow().keyId();
    Path others = folder.resolve("others.json");
    String otherId = new PayloadKeyFile(others).create(ACME);
    Files.writeString(others, Files.readString(others).replace(otherId, id));

    assertThat(send(attempt, new Recording(), others))
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(Reason.INTEGRITY);
              assertThat(refused.message()).doesNotContain("p-7");
            });
    assertThat(seen).isEmpty();
  }

  @Test
  void whatWasOpenedWhileTheSenderStopsIsNotHandedOn() {
    UnsealingChannel channel =
        new UnsealingChannel(new Recording(), new PayloadOpener(PayloadKeys.load(keys)));
    channel.close();

    assertThat(channel.send(attempt(sealed("{}", "{}"))).toCompletableFuture().join())
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            stopped -> assertThat(stopped.reason()).isEqualTo(Reason.CONNECTION_LOST));
    assertThat(seen).isEmpty();
  }

  @Test
  void aBugIsAnOutcomeThatQuotesNothing() {
    Channel broken =
        new Recording() {
          @Override
          public CompletionStage<Outcome> send(Attempt attempt) {
            throw new IllegalStateException("a bug that quotes " + attempt.data().text());
          }
        };

    assertThat(send(attempt(sealed("{\"patient\":\"p-7\"}", "{}")), broken, keys))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.CHANNEL_ERROR);
              assertThat(failed.message()).doesNotContain("p-7");
            });
  }

  @Test
  void aProbeStaysOne() {
    Attempt attempt = attempt(new Payload("report", RawJson.of("{}"), RawJson.of("{}")));
    assertThat(
            new UnsealingChannel(new Recording(), PayloadOpener.withoutKeys())
                .probe(attempt)
                .toCompletableFuture()
                .join())
        .isEqualTo(PROBED);
    assertThat(seen).isEmpty();
  }

  private Outcome send(Attempt attempt) {
    return send(attempt, new Recording(), keys);
  }

  private static Outcome send(Attempt attempt, Channel channel, Path keys) {
    return new UnsealingChannel(channel, new PayloadOpener(PayloadKeys.load(keys)))
        .send(attempt)
        .toCompletableFuture()
        .join();
  }

  private Payload sealed(String data, String metadata) {
    return new PayloadSealer(PayloadKeys.load(keys))
        .seal(ACME, DELIVERY, new Payload("report", RawJson.of(data), RawJson.of(metadata)));
  }

  private static Attempt attempt(Payload payload) {
    Task task =
        new Task(
            TaskId.of(ACME, DELIVERY, HOOK),
            ACME,
            DELIVERY,
            HOOK,
            DestinationType.WEBHOOK,
            1,
            0,
            0,
            payload.type(),
            new TaskPayload.Inline(payload.data(), payload.sealed()),
            payload.metadata(),
            Optional.empty(),
            List.of(),
            5,
            T,
            T,
            Optional.empty(),
            0);
    Destination destination =
        new Destination(
            HOOK,
            ACME,
            "hook",
            Optional.empty(),
            new WebhookConfig(
                URI.create("https://h.example"),
                "POST",
                List.of(),
                WebhookConfig.DEFAULT_TIMEOUT,
                Optional.empty(),
                WebhookConfig.Body.DATA),
            Fallback.none(),
            false,
            true,
            false,
            1,
            T,
            T);
    return new Attempt(
        task, destination, new DestinationSecrets(HOOK, ACME, 1, List.of()), payload.data(), 1);
  }

  /** Delivers everything. */
  private class Recording implements Channel {
    @Override
    public DestinationType type() {
      return DestinationType.WEBHOOK;
    }

    @Override
    public CompletionStage<Outcome> send(Attempt attempt) {
      seen.add(attempt);
      return CompletableFuture.completedStage(DONE);
    }

    @Override
    public CompletionStage<Outcome> probe(Attempt attempt) {
      return CompletableFuture.completedStage(PROBED);
    }

    @Override
    public void close() {}
  }
}

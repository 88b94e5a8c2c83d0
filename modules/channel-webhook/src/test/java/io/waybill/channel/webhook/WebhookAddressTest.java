package io.waybill.channel.webhook;

import static io.waybill.channel.webhook.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is dialled but what was judged. */
class WebhookAddressTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final Rig rig = new Rig();
  private final RawServer server = rig.serve(RawServer.answering(200));

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @DisplayName("row 23: a denied literal is never dialled")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "[::1]",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.1",
        "[fd00:ec2::254]",
      })
  void aDeniedLiteralIsNeverDialled(String host) {
    rig.allowingNothing();

    Outcome outcome = rig.send(anAttempt().at("http://" + host + ":" + server.port() + "/"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED);
              assertThat(failed.message()).contains("--allow-cidr");
            });
    assertThat(server.connections()).isZero();
  }

  @Test
  void aDeniedNameIsNeverDialledAndMayBeRightTomorrow() {
    rig.allowingNothing();

    Outcome outcome = rig.send(anAttempt().at("http://localhost:" + server.port() + "/"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED);
              assertThat(failed.message()).startsWith("localhost ").doesNotContain("127.");
            });
    assertThat(server.connections()).isZero();
  }

  @DisplayName("row 27: a name with one denied address is not dialled at the other")
  @Test
  void aNameWithOneDeniedAddressIsNotDialledAtTheOther() {
    rig.resolver(host -> List.of(LOOPBACK, InetAddress.ofLiteral("10.0.0.1")));

    Outcome outcome = rig.send(anAttempt().at("http://mixed.example:" + server.port() + "/"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED));
    assertThat(server.connections()).isZero();
  }

  @DisplayName("row 28: a second answer of the name server is never asked for")
  @Test
  void aSecondAnswerOfTheNameServerIsNeverAskedFor() {
    AtomicInteger calls = new AtomicInteger();
    rig.allowingNothing()
        .resolver(host ->
            calls.incrementAndGet() == 1
                ? List.of(InetAddress.ofLiteral("93.184.216.34"))
                : List.of(LOOPBACK));

    Outcome outcome =
        rig.send(
            anAttempt()
                .at("http://rebinds.example:" + server.port() + "/")
                .timeout(Duration.ofMillis(500)));

    assertThat(outcome).isInstanceOf(Outcome.Transient.class);
    assertThat(calls).hasValue(1);
    assertThat(server.connections()).isZero();
  }

  @Test
  void dialsTheJudgedAddressUnderTheNameOfTheUrl() {
    AtomicInteger calls = new AtomicInteger();
    rig.resolver(host -> {
      calls.incrementAndGet();
      return List.of(LOOPBACK);
    });

    Outcome outcome = rig.send(anAttempt().at("http://Hooks.Example:" + server.port() + "/"));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(calls).hasValue(1);
    assertThat(server.requests().getFirst().values("Host").getFirst())
        .isEqualToIgnoringCase("hooks.example:" + server.port());
  }

  @DisplayName("row 28: every attempt is judged anew even with a connection at hand")
  @Test
  void everyAttemptIsJudgedAnewEvenWithAConnectionAtHand() {
    AtomicInteger calls = new AtomicInteger();
    rig.resolver(host ->
        calls.incrementAndGet() == 1
            ? List.of(LOOPBACK)
            : List.of(InetAddress.ofLiteral("169.254.169.254")));
    String url = "http://rebinds.example:" + server.port() + "/";

    assertThat(rig.send(anAttempt().at(url))).isInstanceOf(Outcome.Delivered.class);
    assertThat(rig.send(anAttempt().at(url)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.ADDRESS_DENIED));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void triesTheNextAddressWhenNobodyListensAtTheFirst() {
    rig.resolver(host -> List.of(InetAddress.ofLiteral("127.0.0.2"), LOOPBACK));

    assertThat(rig.send(anAttempt().at("http://two.example:" + server.port() + "/")))
        .isInstanceOf(Outcome.Delivered.class);
  }

  @Test
  void aNameWithoutAddressIsTriedAgain() {
    rig.resolver(host -> {
      throw new UnknownHostException(host);
    });

    assertThat(rig.send(anAttempt().at("http://nowhere.example/secret-path?token=1")))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.DNS_FAILURE);
              assertThat(failed.message())
                  .contains("nowhere.example")
                  .doesNotContain("secret-path", "token");
            });
  }

  @Test
  void whereNobodyListensIsTriedAgain() throws Exception {
    assertThat(rig.send(anAttempt().at("http://127.0.0.1:" + RawServer.deadPort() + "/x")))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.CONNECTION_REFUSED);
              assertThat(failed.message()).isEqualTo("nobody listens at 127.0.0.1");
            });
  }
}

package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is dialled is what the guard judged. */
class EmailAddressTest {
  private final Rig rig = new Rig();

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @Test
  void theJvmsSocksProxyIsNotAsked() throws Exception {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    try (ServerSocket trap = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Map<String, String> properties =
          Map.of(
              "socksProxyHost", "127.0.0.1",
              "socksProxyPort", Integer.toString(trap.getLocalPort()),
              "socksNonProxyHosts", "");
      properties.forEach(System::setProperty);
      try {
        assertThat(rig.send(anAttempt().at(server))).isInstanceOf(Outcome.Delivered.class);
      } finally {
        properties.keySet().forEach(System::clearProperty);
      }
    }
  }

  @Test
  void anAddressThatTheOperatorDoesNotAllowIsNeverDialled() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());

    Outcome outcome = rig.allowingNoNetwork().send(anAttempt().at(server));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(Reason.ADDRESS_DENIED);
              assertThat(refused.message())
                  .contains("127.0.0.1 is in 127.0.0.0/8 (loopback)", "--allow-cidr");
            });
    assertThat(server.connections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "169.254.169.254", "10.0.0.1", "fd00:ec2::254"})
  void aNameThatLeadsInsideIsNotDialledAndTellsNotWhere(String address) {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    rig.allowingNoNetwork().resolver(host -> List.of(InetAddress.ofLiteral(address)));

    Outcome outcome = rig.send(anAttempt().at("mail.example", server.port()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(Reason.ADDRESS_DENIED);
              assertThat(refused.message()).doesNotContain(address);
            });
    assertThat(server.connections()).isZero();
  }

  @Test
  void aNameIsLookedUpOnceAndItsJudgedAddressDialled() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    AtomicInteger lookUps = new AtomicInteger();
    rig.allowingClearOnlyAt("rebinding.example")
        .resolver(host -> {
          // No such name is known to this machine: a look-up of anybody else would fail.
          if (lookUps.incrementAndGet() > 1) {
            throw new UnknownHostException(host);
          }
          return List.of(InetAddress.ofLiteral("127.0.0.1"));
        });

    Outcome outcome = rig.send(anAttempt().at("rebinding.example", server.port()));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(lookUps).hasValue(1);
  }

  @Test
  void theNextAddressGetsAChance() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    rig.allowingClearOnlyAt("mail.example")
        .resolver(host ->
            List.of(InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.1")));

    assertThat(rig.send(anAttempt().at("mail.example", server.port())))
        .isInstanceOf(Outcome.Delivered.class);
  }

  @Test
  void aNameWithoutAddressIsTriedAgain() {
    rig.resolver(host -> {
      throw new UnknownHostException(host);
    });

    assertThat(rig.send(anAttempt().at("mail.example", 25)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.DNS_FAILURE));
  }

  @Test
  void theDeadlineCoversTheLookUp() {
    CountDownLatch over = new CountDownLatch(1);
    rig.resolver(host -> {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new UnknownHostException(host);
    });

    Outcome outcome = rig.send(anAttempt().at("mail.example", 25).timeout(Duration.ofMillis(300)));
    over.countDown();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            late -> {
              assertThat(late.reason()).isEqualTo(Reason.TIMEOUT);
              assertThat(late.message()).contains("no name server");
              assertThat(late.took()).isLessThan(Duration.ofSeconds(2));
            });
  }
}

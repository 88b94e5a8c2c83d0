package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which mails share a connection, and that a connection which died meanwhile is nobody's fault. */
class IdleLinesTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private final Rig rig = new Rig().keepingIdle(5, Duration.ofMinutes(5));

  @AfterEach
  void closeRig() {
    rig.close();
  }

  private static Attempts mail(ScriptedSmtp server) {
    return anAttempt().at(server).logIn("audit", "pass-word");
  }

  private void assertDelivered(Attempts attempt) {
    assertThat(rig.send(attempt)).isInstanceOf(Outcome.Delivered.class);
  }

  private static List<String> commands(ScriptedSmtp server, String verb) {
    return server.commands().stream().filter(line -> line.startsWith(verb)).toList();
  }

  @Test
  void theMailsOfADestinationShareAConnectionAndALogIn() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());

    for (int i = 0; i < 5; i++) {
      assertDelivered(mail(server));
    }

    assertThat(server.taken()).hasSize(5);
    assertThat(server.connections()).isEqualTo(1);
    assertThat(commands(server, "AUTH")).hasSize(1);
    assertThat(commands(server, "RSET")).as("each asks first").hasSize(4);
  }

  /** The same server, the same user, the same password, and even the same name. */
  @Test
  void twoOrganizationsShareNothing() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());

    for (int i = 0; i < 3; i++) {
      assertDelivered(mail(server).of("hospital-001", "mail"));
      assertDelivered(mail(server).of("hospital-002", "mail"));
    }

    assertThat(server.taken()).hasSize(6);
    assertThat(server.connections()).isEqualTo(2);
    assertThat(commands(server, "AUTH")).hasSize(2);
  }

  @Test
  void norDoTwoDestinationsOfOneOrganization() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());

    assertDelivered(mail(server).of("hospital-001", "mail-1"));
    assertDelivered(mail(server).of("hospital-001", "mail-2"));

    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void aChangeOfTheDestinationLogsInAnewAndClosesWhatWas() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    assertDelivered(mail(server));

    assertDelivered(mail(server).logIn("audit", "new-word").version(2));

    assertThat(server.connections()).isEqualTo(2);
    assertThat(commands(server, "AUTH")).hasSize(2);
    Awaitility.await().atMost(LONG).until(() -> commands(server, "QUIT").size() == 1);
    assertDelivered(mail(server).logIn("audit", "new-word").version(2));
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void whatNobodyUsesIsClosedAfterAWhile() {
    rig.keepingIdle(5, Duration.ofMillis(100));
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    assertDelivered(mail(server));

    Awaitility.await().atMost(LONG).until(() -> commands(server, "QUIT").size() == 1);

    assertDelivered(mail(server));
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void aDestinationKeepsNoMoreThanItMay() throws Exception {
    rig.keepingIdle(2, Duration.ofMinutes(5));
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    assertDelivered(mail(server));
    List<CompletableFuture<Outcome>> underWay = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      underWay.add(rig.start(mail(server)));
    }
    for (CompletableFuture<Outcome> each : underWay) {
      assertThat(each.get(30, TimeUnit.SECONDS)).isInstanceOf(Outcome.Delivered.class);
    }

    Awaitility.await()
        .atMost(LONG)
        .untilAsserted(() ->
            assertThat(server.connections() - commands(server, "QUIT").size()).isBetween(1, 2));
    assertThat(server.taken()).hasSize(21);
  }

  @Test
  void closingTheChannelClosesWhatItKept() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    assertDelivered(mail(server));
    assertThat(server.open()).isEqualTo(1);

    rig.channel().close();

    Awaitility.await().atMost(LONG).until(() -> server.open() == 0);
  }

  /** At the question, or right behind it: nothing of the mail was said. */
  @ParameterizedTest
  @ValueSource(strings = {"RSET", "MAIL", "RCPT", "DATA"})
  void aConnectionThatDiedMeanwhileCostsNoAttempt(String at) {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    assertDelivered(mail(server));
    server.inTurn(at, ScriptedSmtp.HANG_UP, at.equals("DATA") ? "354 go on" : "250 ok");

    assertDelivered(mail(server));

    assertThat(server.connections()).isEqualTo(2);
    assertThat(server.taken()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSET", "MAIL", "RCPT"})
  void norDoesOneThatTheServerIsAboutToClose(String at) {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    assertDelivered(mail(server));
    server.inTurn(at, "421 4.4.2 idle for too long", "250 ok");

    assertDelivered(mail(server));

    assertThat(server.connections()).isEqualTo(2);
  }

  /** On a connection of its own that is a failure like any other. */
  @Test
  void aNewConnectionIsGivenNoSecondChance() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().on("MAIL", ScriptedSmtp.HANG_UP));

    assertThat(rig.send(mail(server))).isInstanceOf(Outcome.Transient.class);

    assertThat(server.connections()).isEqualTo(1);
  }

  /** What was sent may have been taken: a second copy at once would be one too many. */
  @Test
  void aMailThatWasSentIsNotSentAgainByTheSameAttempt() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    assertDelivered(mail(server));
    server.on("END", ScriptedSmtp.HANG_UP);

    assertThat(rig.send(mail(server)))
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.CONNECTION_LOST));

    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.all()).hasSize(2);
  }

  @Test
  void aRefusedRecipientLeavesAConnectionThatGoesOn() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().inTurn("RCPT", "550 no", "250 ok"));

    assertThat(rig.send(mail(server))).isInstanceOf(Outcome.Permanent.class);
    assertDelivered(mail(server));

    assertThat(server.connections()).isEqualTo(1);
  }

  /** The guard judged another address for this attempt: the old one is not used any more. */
  @Test
  void aNameThatLeadsElsewhereIsDialledAnew() throws Exception {
    AtomicReference<InetAddress> address =
        new AtomicReference<>(InetAddress.getByName("127.0.0.1"));
    rig.resolver(name -> List.of(address.get())).allowingClearOnlyAt("mail.example");
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    Attempts attempt = anAttempt().at("mail.example", server.port());
    assertDelivered(attempt);
    assertDelivered(attempt);
    assertThat(server.connections()).isEqualTo(1);

    address.set(InetAddress.getByName("127.0.0.2"));
    rig.send(attempt);

    Awaitility.await().atMost(LONG).until(() -> commands(server, "QUIT").size() == 1);
    assertThat(server.taken()).hasSize(2);
  }

  @Test
  void aProbeLogsInAnew() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    assertDelivered(mail(server));

    rig.probe(mail(server));

    assertThat(commands(server, "AUTH")).hasSize(2);
  }
}

package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.channel.contract.ConnectProxy;
import io.waybill.channel.contract.TestCertificates;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing goes out in clear, and only to the host that the certificate names. */
class EmailTlsTest {
  private static final String HOST = "smtp.example";

  @TempDir static Path folder;
  private static final String ALIAS = "server";
  private static TestCertificates right;
  private static TestCertificates other;
  private static TestCertificates proxys;

  private final Rig rig =
      new Rig().allowingClearOnlyAt().resolver(host -> List.of(InetAddress.ofLiteral("127.0.0.1")));

  @BeforeAll
  static void makeCertificates() {
    right = new TestCertificates(folder, "right").signed(ALIAS, HOST);
    other = new TestCertificates(folder, "other").signed(ALIAS, "other.example");
    proxys = new TestCertificates(folder, "proxys").signed(ALIAS, "proxy.internal");
  }

  @AfterEach
  void closeRig() {
    rig.close();
  }

  @Test
  void sendsOverStartTls() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().offeringStartTls(right.server(ALIAS)));

    Outcome outcome =
        rig.trusting(right.trust())
            .send(anAttempt().at(HOST, server.port()).logIn("audit", "pass-word"));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.commands().subList(0, 3))
        .containsExactly("EHLO waybill.example", "STARTTLS", "EHLO waybill.example");
    assertThat(server.commands().get(3)).startsWith("AUTH");
  }

  /** The certificate is the mail server's, although the socket's other end is the proxy. */
  @Test
  void sendsOverStartTlsThroughTheOperatorsProxy() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().offeringStartTls(right.server(ALIAS)));
    ConnectProxy proxy = rig.through(ConnectProxy.Manner.LETS_THROUGH);

    Outcome outcome =
        rig.trusting(right.trust())
            .send(anAttempt().at(HOST, server.port()).logIn("audit", "pass-word"));

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(proxy.askedFor()).containsExactly("127.0.0.1:" + server.port());
    assertThat(proxy.heads().toString()).doesNotContain("pass-word");
    assertThat(server.commands()).contains("STARTTLS");
  }

  @Test
  void aCertificateOfTheProxysIsNoneOfTheMailServers() {
    ScriptedSmtp server =
        rig.serve(ScriptedSmtp.takingAll().offeringStartTls(proxys.server(ALIAS)));
    rig.through(ConnectProxy.Manner.LETS_THROUGH);

    Outcome outcome =
        rig.trusting(proxys.trust())
            .send(anAttempt().at(HOST, server.port()).logIn("audit", "pass-word"));

    assertThat(failure(outcome).message())
        .isEqualTo("the certificate of smtp.example is for another host");
    assertThat(server.commands()).noneMatch(line -> line.startsWith("AUTH"));
  }

  @ParameterizedTest
  @EnumSource(
      value = ConnectProxy.Manner.class,
      names = {"WANTS_LOG_IN", "FORBIDS", "HANGS_UP", "TALKS_GARBAGE"})
  void theProxysFaultsAreNotTheMailServers(ConnectProxy.Manner manner) {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().offeringStartTls(right.server(ALIAS)));
    rig.through(manner);

    Outcome outcome = rig.trusting(right.trust()).send(anAttempt().at(HOST, server.port()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.EGRESS_UNAVAILABLE));
    assertThat(server.commands()).isEmpty();
  }

  @Test
  void aRefusedStartTlsBehindTheProxyIsTheMailServers() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll()
                .offeringStartTls(right.server(ALIAS))
                .on("STARTTLS", "454 later"));
    rig.through(ConnectProxy.Manner.LETS_THROUGH);

    Outcome outcome = rig.trusting(right.trust()).send(anAttempt().at(HOST, server.port()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.SMTP_TRANSIENT));
  }

  @Test
  void sendsOverTlsFromTheFirstByte() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().speakingTls(right.server(ALIAS)));

    Outcome outcome =
        rig.trusting(right.trust()).send(anAttempt().at(HOST, server.port()).secure());

    assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.commands()).doesNotContain("STARTTLS");
  }

  @DisplayName("rows 42, 107: sends nothing without STARTTLS")
  @Test
  void sendsNothingWithoutStartTls() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());

    Outcome outcome = rig.send(anAttempt().at(HOST, server.port()).logIn("audit", "pass-word"));

    assertThat(failure(outcome).message())
        .isEqualTo(
            "smtp.example offers no STARTTLS, and nothing is sent in clear; the operator can allow"
                + " hosts with --allow-unencrypted-smtp");
    // Row 107: AUTH PLAIN is offered in clear, and not used.
    assertThat(server.commands()).containsExactly("EHLO waybill.example");
  }

  @Test
  void sendsInClearWhereTheOperatorAllowsThisVeryHost() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll());
    rig.allowingClearOnlyAt("Smtp.Example");

    assertThat(rig.send(anAttempt().at(HOST, server.port()))).isInstanceOf(Outcome.Delivered.class);
    failure(rig.send(anAttempt().at("x.smtp.example", server.port())));
    assertThat(server.taken()).hasSize(1);
  }

  @Test
  void usesStartTlsThatIsOfferedEvenWhereItMayBeMissing() {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().offeringStartTls(right.server(ALIAS)));

    rig.allowingClearOnlyAt(HOST).trusting(right.trust());

    assertThat(rig.send(anAttempt().at(HOST, server.port()))).isInstanceOf(Outcome.Delivered.class);
    assertThat(server.commands()).contains("STARTTLS");
  }

  @Test
  void sendsNothingWhenStartTlsIsRefused() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll()
                .offeringStartTls(right.server(ALIAS))
                .on("STARTTLS", "454 later"));

    Outcome outcome = rig.send(anAttempt().at(HOST, server.port()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.SMTP_TRANSIENT));
    assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void refusesACertificateForAnotherHost() {
    for (boolean secure : List.of(false, true)) {
      ScriptedSmtp server =
          rig.serve(
              secure
                  ? ScriptedSmtp.takingAll().speakingTls(other.server(ALIAS))
                  : ScriptedSmtp.takingAll().offeringStartTls(other.server(ALIAS)));
      Attempts attempt = anAttempt().at(HOST, server.port());

      Outcome outcome = rig.trusting(other.trust()).send(secure ? attempt.secure() : attempt);

      assertThat(failure(outcome).message())
          .isEqualTo("the certificate of smtp.example is for another host");
      assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
    }
  }

  @Test
  void refusesACertificateThatNobodyVouchesFor() throws NoSuchAlgorithmException {
    ScriptedSmtp server = rig.serve(ScriptedSmtp.takingAll().offeringStartTls(right.server(ALIAS)));

    Outcome outcome =
        rig.trusting(SSLContext.getDefault()).send(anAttempt().at(HOST, server.port()));

    assertThat(failure(outcome).message())
        .isEqualTo(
            "the certificate of smtp.example is not signed by an authority known to this JVM");
  }

  /** Row 104. What came in clear must not be taken for an answer that came under TLS. */
  @DisplayName("row 104: forgets what was injected behind STARTTLS")
  @Test
  void forgetsWhatWasInjectedBehindStartTls() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll()
                .offeringStartTls(right.server(ALIAS))
                .injecting("250-evil.example\r\n250 AUTH LOGIN\r\n")
                .on("AUTH", "535 no"));

    Outcome outcome =
        rig.trusting(right.trust())
            .send(anAttempt().at(HOST, server.port()).logIn("audit", "pass-word"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Transient.class,
            failed -> assertThat(failed.reason()).isEqualTo(Reason.CREDENTIALS_REFUSED));
    // The injected offer was LOGIN only; the one under TLS has PLAIN.
    assertThat(server.commands()).anyMatch(line -> line.startsWith("AUTH PLAIN "));
    assertThat(server.commands()).noneMatch(line -> line.startsWith("AUTH LOGIN"));
  }

  /** The same, where the injected lines would let a mail through that the server refuses. */
  @DisplayName("row 104: takes no answer that was injected behind STARTTLS")
  @Test
  void takesNoAnswerThatWasInjectedBehindStartTls() {
    ScriptedSmtp server =
        rig.serve(
            ScriptedSmtp.takingAll()
                .offeringStartTls(right.server(ALIAS))
                .injecting("250 a\r\n250 b\r\n250 c\r\n354 d\r\n250 queued as evil\r\n")
                .on("RCPT", "550 no"));

    Outcome outcome = rig.trusting(right.trust()).send(anAttempt().at(HOST, server.port()));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Permanent.class,
            refused -> assertThat(refused.message()).contains("answering 550 to a recipient"));
  }

  private static Outcome.Transient failure(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Transient.class);
    Outcome.Transient failed = (Outcome.Transient) outcome;
    assertThat(failed.reason()).isEqualTo(Reason.TLS_FAILURE);
    return failed;
  }
}

package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Encrypted mails, as a server of the world takes them and the openssl of this machine opens them.
 */
class EncryptedMailTest {
  private static final String PASSWORD = "correct horse battery staple";
  private static final List<String> RSA = List.of("rsa:2048");
  private static final List<String> EC = List.of("ec", "-pkeyopt", "ec_paramgen_curve:P-256");
  private static final String OFFICER = "privacy-officer@hospital.com";
  private static final String DATA =
      "{\"reportId\": \"r-1\", \"patient\": \""
          + Marker.PHI
          + "\", \"date\": \""
          + Marker.PHI
          + "\"}";

  @TempDir private Path folder;
  private final Rig rig = new Rig().at(Instant.now().plus(Duration.ofDays(1)));
  private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
  private OpenSsl openSsl = new OpenSsl(Path.of("."));

  @BeforeEach
  void startServer() {
    openSsl = new OpenSsl(folder);
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop();
    rig.close();
  }

  /** The tutorial's, with the patient wherever a tenant can put him. */
  private Attempts report() {
    return anAttempt()
        .at("127.0.0.1", server.getSmtp().getPort())
        .from("hipaa-audit@hospital.com")
        .subject("[CONFIDENTIAL] PHI Audit Report - {{date}}")
        .body("CONFIDENTIAL\n\nReport {{reportId}} of {{patient}}, gr\u00fc\u00dfe\n.\n")
        .html("<p>{{patient}}</p>")
        .attachmentName("report-{{patient}}.json")
        .to(OFFICER)
        .data(DATA)
        .metadata("{\"who\": \"" + Marker.PHI + "\"}")
        .correlationId(Marker.PHI);
  }

  static Stream<Arguments> keys() {
    return Stream.of(
        argumentSet("RSA of 2048 bits", RSA),
        argumentSet("P-256", EC),
        argumentSet("P-384", List.of("ec", "-pkeyopt", "ec_paramgen_curve:P-384")),
        argumentSet("P-521", List.of("ec", "-pkeyopt", "ec_paramgen_curve:P-521")));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void aMailToACertificateIsOpenedByOpenSsl(List<String> algorithm) throws Exception {
    OpenSsl.Person officer = openSsl.person("officer", algorithm, OFFICER, 30);

    assertThat(rig.send(report().encryptedTo(officer.pem()))).isInstanceOf(Outcome.Delivered.class);

    MimeMessage mail = server.getReceivedMessages()[0];
    assertThat(mail.getContentType())
        .contains("application/pkcs7-mime", "smime-type=authEnveloped-data");
    OpenSsl.Result opened = openSsl.decryptMail(raw(mail), officer);
    assertThat(opened.exit()).as(opened.errors()).isZero();
    assertIsTheReport(opened.output());
    assertShowsNothing(mail);
  }

  @Test
  void aMailToAPasswordIsOpenedByOpenSsl() throws Exception {
    rig.derivingAsAlways();

    assertThat(rig.send(report().encryptedWith(PASSWORD))).isInstanceOf(Outcome.Delivered.class);

    MimeMessage mail = server.getReceivedMessages()[0];
    BodyPart attachment = part(mail, 1);
    assertThat(attachment.getFileName()).isEqualTo("encrypted-mail.cms");
    assertThat(attachment.getContentType())
        .contains("application/cms", "encapsulatingContent=authEnvelopedData");
    byte[] cms = attachment.getInputStream().readAllBytes();
    OpenSsl.Result opened = openSsl.decryptFile(cms, PASSWORD);
    assertThat(opened.exit()).as(opened.errors()).isZero();
    assertIsTheReport(opened.output());
    assertShowsNothing(mail);
    assertThat(openSsl.show(cms).text())
        .contains("aes-256-gcm", "id-alg-PWRI-KEK", "hmacWithSHA256")
        .containsPattern("INTEGER +:0927C0");
  }

  /** Without it the checks above could not fail. */
  @Test
  void theSameMailWithoutEncryptionShowsTheMarkerEverywhere() throws Exception {
    assertThat(rig.send(report())).isInstanceOf(Outcome.Delivered.class);

    MimeMessage mail = server.getReceivedMessages()[0];
    String raw = new String(raw(mail), StandardCharsets.ISO_8859_1);
    assertThat(Marker.isIn(raw)).isTrue();
    assertThat(mail.getSubject()).contains(Marker.PHI);
    String onlyAttachment = raw.substring(raw.indexOf("application/json"));
    assertThat(Marker.isIn(onlyAttachment.substring(onlyAttachment.indexOf("\r\n\r\n")))).isTrue();
    assertThat(onlyAttachment.substring(onlyAttachment.indexOf("\r\n\r\n")))
        .doesNotContain(Marker.PHI);
  }

  @Test
  void aMailThatWasChangedAnywhereFails() throws Exception {
    OpenSsl.Person rsa = openSsl.person("rsa", RSA, OFFICER, 30);
    OpenSsl.Person ec = openSsl.person("ec", EC, OFFICER, 30);
    rig.send(report().encryptedTo(rsa.pem()));
    rig.send(report().encryptedTo(ec.pem()));
    rig.send(report().encryptedWith(PASSWORD));
    MimeMessage[] mails = server.getReceivedMessages();

    for (int i = 0; i < 3; i++) {
      byte[] cms = cms(mails[i]);
      OpenSsl.Person person = i == 0 ? rsa : ec;
      boolean toPassword = i == 2;
      assertThat(open(cms, person, toPassword).exit()).isZero();
      // There lies the content.
      for (int at : new int[] {cms.length / 2, cms.length * 3 / 4}) {
        byte[] changed = Marker.withOneByteChanged(cms, at);
        assertThat(open(changed, person, toPassword).exit())
            .as("mail %s, byte %s", i, at)
            .isNotZero();
      }
      assertThat(open(Marker.withItsTagChanged(cms), person, toPassword).exit()).isNotZero();
      byte[] cut = Arrays.copyOf(cms, cms.length - 40);
      assertThat(open(cut, person, toPassword).exit()).isNotZero();
    }
  }

  private OpenSsl.Result open(byte[] cms, OpenSsl.Person person, boolean toPassword) {
    return toPassword ? openSsl.decryptFile(cms, PASSWORD) : openSsl.decryptFile(cms, person);
  }

  @Test
  void nobodyElseOpensIt() throws Exception {
    OpenSsl.Person officer = openSsl.person("officer", EC, OFFICER, 30);
    OpenSsl.Person stranger = openSsl.person("stranger", EC, OFFICER, 30);
    rig.send(report().encryptedTo(officer.pem()));
    rig.send(report().encryptedWith(PASSWORD));
    byte[] toCertificate = cms(server.getReceivedMessages()[0]);
    byte[] toPassword = cms(server.getReceivedMessages()[1]);

    for (OpenSsl.Result result :
        List.of(
            openSsl.decryptFile(toCertificate, stranger),
            openSsl.decryptFile(toCertificate, PASSWORD),
            openSsl.decryptFile(toPassword, PASSWORD + "x"),
            openSsl.decryptFile(toPassword, officer))) {
      assertThat(result.exit()).isNotZero();
      assertThat(result.text()).doesNotContain(Marker.PHI);
    }
  }

  @Test
  void eachRecipientsMailOpensWithHisKeyOnly() throws Exception {
    OpenSsl.Person jane = openSsl.person("jane", RSA, "jane@hospital.com", 30);
    OpenSsl.Person john = openSsl.person("john", EC, "John@Hospital.com", 30);
    String all = jane.pem() + john.pem();

    rig.send(report().to("jane@hospital.com", "john@hospital.com").encryptedTo(all));

    for (MimeMessage mail : server.getReceivedMessages()) {
      boolean toJane =
          mail.getRecipients(Message.RecipientType.TO)[0].toString().startsWith("jane");
      assertThat(openSsl.decryptMail(raw(mail), toJane ? jane : john).exit()).isZero();
      assertThat(openSsl.decryptMail(raw(mail), toJane ? john : jane).exit()).isNotZero();
    }
    assertThat(server.getReceivedMessages()).hasSize(2);
  }

  @Test
  void aCertificateThatNamesNobodyIsForAll() throws Exception {
    OpenSsl.Person team = openSsl.person("team", EC, "", 30);

    rig.send(report().to("jane@hospital.com", "john@hospital.com").encryptedTo(team.pem()));

    assertThat(server.getReceivedMessages()).hasSize(2);
    for (MimeMessage mail : server.getReceivedMessages()) {
      assertThat(openSsl.decryptMail(raw(mail), team).exit()).isZero();
    }
  }

  @Test
  void theNewCertificateIsUsedWhenTheOldOneHasExpired() throws Exception {
    OpenSsl.Person before = openSsl.person("before", EC, OFFICER, 10);
    OpenSsl.Person now = openSsl.person("now", EC, OFFICER, 100);
    rig.at(Instant.now().plus(Duration.ofDays(50)));

    rig.send(report().encryptedTo(before.pem() + now.pem()));

    MimeMessage mail = server.getReceivedMessages()[0];
    assertThat(openSsl.decryptMail(raw(mail), now).exit()).isZero();
    assertThat(openSsl.decryptMail(raw(mail), before).exit()).isNotZero();
  }

  @Test
  void anExpiredCertificateSendsNothingToAnybody() {
    OpenSsl.Person jane = openSsl.person("jane", EC, "jane@hospital.com", 100);
    OpenSsl.Person john = openSsl.person("john", EC, "john@hospital.com", 10);
    ScriptedSmtp scripted = rig.serve(ScriptedSmtp.takingAll());
    Attempts attempt =
        report()
            .at(scripted)
            .to("jane@hospital.com", "john@hospital.com")
            .encryptedTo(jane.pem() + john.pem());
    rig.at(Instant.now().plus(Duration.ofDays(50)));

    Outcome sent = rig.send(attempt);
    Outcome probed = rig.channel().probe(attempt.build()).toCompletableFuture().join();

    for (Outcome outcome : List.of(sent, probed)) {
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Permanent.class,
              failed -> {
                assertThat(failed.reason()).isEqualTo(Reason.CERTIFICATE_NOT_VALID);
                assertThat(failed.message())
                    .contains("config.email.recipients[1]", "no mail is sent in clear")
                    .doesNotContain("john", "recipients[0]");
              });
    }
    assertThat(scripted.connections()).isZero();
  }

  @Test
  void whatIsNoCertificateSendsNothing() {
    ScriptedSmtp scripted = rig.serve(ScriptedSmtp.takingAll());

    assertThat(permanent(report().at(scripted).encryptedTo("nonsense")).reason())
        .isEqualTo(Reason.INVALID_FIELD);
    assertThat(permanent(report().at(scripted).encryptedWith("short")).reason())
        .isEqualTo(Reason.INVALID_CREDENTIAL);
    assertThat(permanent(report().at(scripted).encryptedWith("")).message())
        .contains("the password that mails are encrypted with is missing");
    assertThat(scripted.connections()).isZero();
  }

  @Test
  void aSubjectThatShowsDataSendsNothing() {
    ScriptedSmtp scripted = rig.serve(ScriptedSmtp.takingAll());

    Outcome.Permanent subject =
        permanent(report().at(scripted).subject("{{patient}}").encryptedWith(PASSWORD));
    Outcome.Permanent cover =
        permanent(report().at(scripted).encryptedWith(PASSWORD).cover("For {{patient}}"));

    assertThat(subject.reason()).isEqualTo(Reason.INVALID_FIELD);
    assertThat(subject.message()).contains("config.email.subject: travels in clear");
    assertThat(cover.message()).contains("encryption.coverTemplate: travels in clear");
    assertThat(scripted.connections()).isZero();
  }

  @Test
  void theCoveringTextIsTheTenantsOwn() throws Exception {
    rig.send(
        report()
            .encryptedWith(PASSWORD)
            .cover("Bericht {{deliveryId}} vom {{date}}, gr\u00fc\u00dfe"));

    MimeMessage mail = server.getReceivedMessages()[0];
    assertThat(part(mail, 0).getContent())
        .isEqualTo("Bericht " + Attempts.DELIVERY + " vom 2026-03-01, gr\u00fc\u00dfe");
  }

  @Test
  void theMessageIdIsTheSameOnEveryAttemptAndNothingElseIs() throws Exception {
    rig.send(report().encryptedWith(PASSWORD));
    rig.send(report().encryptedWith(PASSWORD));
    rig.send(report());

    MimeMessage[] mails = server.getReceivedMessages();
    assertThat(Arrays.stream(mails).map(EncryptedMailTest::messageId).distinct()).hasSize(1);
    assertThat(cms(mails[0])).isNotEqualTo(cms(mails[1]));
  }

  @DisplayName("row 12: also a large one arrives whole")
  @Test
  void alsoALargeOneArrivesWhole() throws Exception {
    OpenSsl.Person officer = openSsl.person("officer", EC, OFFICER, 30);
    String large = "[\"" + "payload ".repeat(400_000) + "\"]";

    rig.send(
        report()
            .body("b")
            .html("h")
            .attachmentName("d.json")
            .data(large)
            .encryptedTo(officer.pem()));

    MimeMessage mail = server.getReceivedMessages()[0];
    OpenSsl.Result opened = openSsl.decryptMail(raw(mail), officer);
    assertThat(opened.exit()).isZero();
    assertThat(part(parsed(opened.output()), 1).getInputStream().readAllBytes())
        .isEqualTo(large.getBytes(StandardCharsets.UTF_8));
  }

  private Outcome.Permanent permanent(Attempts attempt) {
    Outcome outcome = rig.send(attempt);
    assertThat(outcome).isInstanceOf(Outcome.Permanent.class);
    return (Outcome.Permanent) outcome;
  }

  private static void assertIsTheReport(byte[] opened) throws MessagingException, IOException {
    assertThat(new String(opened, StandardCharsets.ISO_8859_1).replace("\r\n", ""))
        .as("line ends are canonical")
        .doesNotContain("\n", "\r");
    MimeMessage inner = parsed(opened);
    Multipart alternatives = (Multipart) part(inner, 0).getContent();
    assertThat(alternatives.getBodyPart(0).getContent())
        .isEqualTo(
            "CONFIDENTIAL\r\n\r\nReport r-1 of " + Marker.PHI + ", gr\u00fc\u00dfe\r\n.\r\n");
    assertThat(alternatives.getBodyPart(1).getContent()).isEqualTo("<p>" + Marker.PHI + "</p>");
    assertThat(part(inner, 1).getFileName()).isEqualTo("report-" + Marker.PHI + ".json");
    assertThat(part(inner, 1).getInputStream().readAllBytes())
        .isEqualTo(DATA.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertShowsNothing(MimeMessage mail) throws MessagingException, IOException {
    // The day of the request, although the data has a field of that name.
    assertThat(mail.getSubject()).isEqualTo("[CONFIDENTIAL] PHI Audit Report - 2026-03-01");
    String raw = new String(raw(mail), StandardCharsets.ISO_8859_1);
    assertThat(Marker.isIn(raw)).isFalse();
    assertThat(raw).doesNotContain("reportId", "json");
    assertThat(raw.lines()).allMatch(line -> line.length() <= 998);
  }

  private static MimeMessage parsed(byte[] raw) throws MessagingException {
    return new MimeMessage(null, new ByteArrayInputStream(raw));
  }

  private static String messageId(MimeMessage mail) {
    try {
      return mail.getMessageID();
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] cms(MimeMessage mail) throws MessagingException, IOException {
    return mail.getContentType().contains("multipart")
        ? part(mail, 1).getInputStream().readAllBytes()
        : mail.getInputStream().readAllBytes();
  }

  private static byte[] raw(MimeMessage mail) throws MessagingException, IOException {
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    mail.writeTo(raw);
    return raw.toByteArray();
  }

  private static BodyPart part(MimeMessage mail, int index) throws MessagingException, IOException {
    return ((Multipart) mail.getContent()).getBodyPart(index);
  }
}

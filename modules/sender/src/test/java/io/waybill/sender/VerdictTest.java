package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Outcome;
import io.waybill.domain.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VerdictTest {
  private static Verdict ofTransient(Reason reason) {
    return Verdict.of(new Outcome.Transient(reason, "", Optional.empty(), Duration.ZERO));
  }

  private static Verdict ofPermanent(Reason reason) {
    return Verdict.of(new Outcome.Permanent(reason, "", Duration.ZERO));
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "HTTP_TRANSIENT",
        "TIMEOUT",
        "DNS_FAILURE",
        "CONNECTION_REFUSED",
        "CONNECTION_LOST",
        "PROTOCOL_ERROR"
      })
  void aDestinationThatDoesNotAnswerIsBad(Reason reason) {
    assertThat(ofTransient(reason)).isEqualTo(Verdict.BAD);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"KEY_UNAVAILABLE", "DEPENDENCY_UNAVAILABLE", "EGRESS_UNAVAILABLE", "CHANNEL_ERROR"})
  void whatIsOursSaysNothing(Reason reason) {
    assertThat(ofTransient(reason)).isEqualTo(Verdict.NONE);
  }

  /** Whatever channel says so: a mail server's 535, a mail service's 401. */
  @Test
  void whoTakesNoCredentialsRefusesWhoeverSends() {
    assertThat(ofTransient(Reason.CREDENTIALS_REFUSED)).isEqualTo(Verdict.REFUSED);
    assertThat(ofPermanent(Reason.CREDENTIALS_REFUSED)).isEqualTo(Verdict.REFUSED);
    assertThat(
            Verdict.of(
                new Outcome.Transient(
                    Reason.CREDENTIALS_REFUSED,
                    "",
                    Optional.empty(),
                    Duration.ZERO,
                    List.of("one"))))
        .isEqualTo(Verdict.REFUSED);
  }

  @Test
  void aMailServerThatPutsOneRecipientOffAndTakesAnotherDoesItsWork() {
    assertThat(
            Verdict.of(
                new Outcome.Transient(
                    Reason.SMTP_TRANSIENT, "", Optional.empty(), Duration.ZERO, List.of("one"))))
        .isEqualTo(Verdict.GOOD);
    assertThat(ofTransient(Reason.SMTP_TRANSIENT)).isEqualTo(Verdict.BAD);
  }

  @Test
  void whoRefusesATaskHasAnswered() {
    assertThat(ofPermanent(Reason.HTTP_PERMANENT)).isEqualTo(Verdict.GOOD);
    assertThat(ofPermanent(Reason.GONE)).isEqualTo(Verdict.GOOD);
    assertThat(ofPermanent(Reason.SMTP_PERMANENT)).isEqualTo(Verdict.GOOD);
    assertThat(ofPermanent(Reason.STORAGE_PERMANENT)).isEqualTo(Verdict.GOOD);
    assertThat(ofPermanent(Reason.STORAGE_CONFLICT)).isEqualTo(Verdict.GOOD);
    assertThat(ofPermanent(Reason.INVALID_CREDENTIAL)).isEqualTo(Verdict.NONE);
    assertThat(ofPermanent(Reason.ADDRESS_DENIED)).isEqualTo(Verdict.NONE);
    assertThat(Verdict.of(new Outcome.Delivered("200", Optional.empty(), Duration.ZERO)))
        .isEqualTo(Verdict.GOOD);
  }
}

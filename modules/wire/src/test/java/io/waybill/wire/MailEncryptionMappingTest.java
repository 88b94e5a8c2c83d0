package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.EmailConfig;
import io.waybill.domain.MailEncryption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Encryption between Avro and the domain: what is lost here would be sent in clear. */
class MailEncryptionMappingTest {
  private static EmailConfig email(Optional<MailEncryption> encryption) {
    return new EmailConfig(
        new EmailConfig.Smtp("smtp.hospital.com", 587, false, false),
        "audit@hospital.com",
        "Report",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of("privacy-officer@hospital.com"),
        Duration.ofSeconds(60),
        Optional.empty(),
        encryption);
  }

  static Stream<Optional<MailEncryption>> encryptions() {
    return Stream.of(
        Optional.empty(),
        Optional.of(new MailEncryption.ToCertificates("pem")),
        Optional.of(new MailEncryption.ToPassword(Optional.empty())),
        Optional.of(new MailEncryption.ToPassword(Optional.of("cover"))));
  }

  @ParameterizedTest
  @MethodSource("encryptions")
  void comesBackAsItWas(Optional<MailEncryption> encryption) {
    DestinationConfig config = email(encryption);

    assertThat(ConfigMapping.toDomain(ConfigMapping.toAvro(config))).isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource({
    "AES-512-GCM, password, ",
    "aes-256-gcm, password, ",
    "AES-256-GCM, smart-card, ",
    "AES-256-GCM, certificates, "
  })
  void whatIsNotUnderstoodIsRefused(String algorithm, String to, String certificates) {
    io.waybill.avro.DestinationConfig plain = ConfigMapping.toAvro(email(Optional.empty()));
    io.waybill.avro.EmailConfig email =
        io.waybill.avro.EmailConfig.newBuilder(plain.getEmail())
            .setEncryption(new io.waybill.avro.MailEncryption(algorithm, to, certificates, null))
            .build();

    assertThatThrownBy(() ->
            ConfigMapping.toDomain(
                new io.waybill.avro.DestinationConfig("email", null, email, null)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRecordFromBeforeTheFieldIsNotEncrypted() {
    assertThat(ConfigMapping.toAvro(email(Optional.empty())).getEmail().getEncryption()).isNull();
  }
}

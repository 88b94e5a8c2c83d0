package io.waybill.channel.email.cms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.cms.AuthEnvelopedData;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.PasswordRecipientInfo;
import org.bouncycastle.asn1.cms.RecipientInfo;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.junit.jupiter.api.Test;

/** What of a password's key is used again, and what never is. */
class PasswordKeysTest {
  private static final String PASSWORD = "correct horse battery staple";

  private Instant now = Instant.parse("2026-03-01T00:00:00Z");
  private final PasswordKeys keys = new PasswordKeys(() -> now, 100);

  /** What of an envelope can be compared. */
  private record Seen(String salt, int iterations, String wrappedKey, String content) {}

  @Test
  void aDestinationKeepsItsSaltAndNothingElse() throws IOException {
    Seen first = seen("d-1", PASSWORD);
    Seen second = seen("d-1", PASSWORD);

    assertThat(second.salt()).isEqualTo(first.salt());
    assertThat(second.wrappedKey()).isNotEqualTo(first.wrappedKey());
    assertThat(second.content()).isNotEqualTo(first.content());
    assertThat(first.iterations()).isEqualTo(100);
  }

  @Test
  void anotherDestinationOrPasswordOrProcessHasAnotherSalt() throws IOException {
    String salt = seen("d-1", PASSWORD).salt();

    assertThat(seen("d-2", PASSWORD).salt()).isNotEqualTo(salt);
    assertThat(seen("d-1", PASSWORD + "x").salt()).isNotEqualTo(salt);
    assertThat(seen(new PasswordKeys(() -> now, 100), "d-1", PASSWORD).salt()).isNotEqualTo(salt);
  }

  @Test
  void aSaltIsUsedForADay() throws IOException {
    String salt = seen("d-1", PASSWORD).salt();
    now = now.plus(PasswordKeys.LIFE).minus(Duration.ofSeconds(1));
    assertThat(seen("d-1", PASSWORD).salt()).isEqualTo(salt);

    now = now.plus(Duration.ofSeconds(1));

    assertThat(seen("d-1", PASSWORD).salt()).isNotEqualTo(salt);
  }

  @Test
  void whatIsKeptIsBoundedAndTheEldestGoes() throws IOException {
    PasswordKeys cheap = new PasswordKeys(() -> now, 1);
    String first = seen(cheap, "d-0", PASSWORD).salt();
    String second = seen(cheap, "d-1", PASSWORD).salt();
    for (int i = 2; i < PasswordKeys.MOST; i++) {
      cheap.envelope("d-" + i, PASSWORD);
    }
    assertThat(seen(cheap, "d-0", PASSWORD).salt()).isEqualTo(first);

    cheap.envelope("one more", PASSWORD);

    assertThat(seen(cheap, "d-0", PASSWORD).salt()).as("used lately").isEqualTo(first);
    assertThat(seen(cheap, "d-1", PASSWORD).salt()).as("the eldest").isNotEqualTo(second);
  }

  private Seen seen(String owner, String password) throws IOException {
    return seen(keys, owner, password);
  }

  private static Seen seen(PasswordKeys keys, String owner, String password) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    keys.envelope(owner, password)
        .write(content -> content.write("hello".getBytes(StandardCharsets.UTF_8)), out);
    AuthEnvelopedData data =
        AuthEnvelopedData.getInstance(ContentInfo.getInstance(out.toByteArray()).getContent());
    PasswordRecipientInfo recipient =
        PasswordRecipientInfo.getInstance(
            RecipientInfo.getInstance(data.getRecipientInfos().getObjectAt(0)).getInfo());
    PBKDF2Params derivation =
        PBKDF2Params.getInstance(recipient.getKeyDerivationAlgorithm().getParameters());
    return new Seen(
        HexFormat.of().formatHex(derivation.getSalt()),
        derivation.getIterationCount().intValueExact(),
        hex(recipient.getEncryptedKey()),
        hex(data.getAuthEncryptedContentInfo().getEncryptedContent()));
  }

  private static String hex(ASN1OctetString octets) {
    return HexFormat.of().formatHex(octets.getOctets());
  }
}

package io.waybill.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.DestinationId;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.SealedField;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is stored must open for as long as topics are kept: the keyset file, the ciphertext and the
 * fingerprint are checked against the JDK's own AES-GCM and HMAC, with every byte spelled out here.
 */
class StoredFormatTest {
  private static final byte[] SEALING_KEY = HexFormat.of().parseHex("0123456789abcdef".repeat(4));
  private static final byte[] FINGERPRINT_KEY =
      HexFormat.of().parseHex("fedcba9876543210".repeat(4));
  private static final byte[] PREFIX = HexFormat.of().parseHex("01f0000001");
  private static final byte[] ASSOCIATED_DATA =
      concat(
          HexFormat.of().parseHex("0000000e"), ascii("waybill-seal-2"),
          HexFormat.of().parseHex("00000004"), ascii("acme"),
          HexFormat.of().parseHex("00000006"), ascii("hook-1"),
          HexFormat.of().parseHex("0000000f"), ascii("webhook.headers"),
          HexFormat.of().parseHex("0000001d"), ascii("https://hooks.example.com:443"));

  /** Of seals that name no place. */
  private static final byte[] FIRST_ASSOCIATED_DATA =
      concat(
          HexFormat.of().parseHex("0000000e"), ascii("waybill-seal-1"),
          HexFormat.of().parseHex("00000004"), ascii("acme"),
          HexFormat.of().parseHex("00000006"), ascii("hook-1"),
          HexFormat.of().parseHex("0000000f"), ascii("webhook.headers"));

  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final DestinationId HOOK = new DestinationId("hook-1");
  private static final String FIELD = "webhook.headers";

  @TempDir Path folder;
  private Keyset keyset;

  @BeforeEach
  void loadKeyset() throws IOException {
    Path file = folder.resolve("keyset.json");
    Files.writeString(
        file,
        """
        {
          "format": "waybill-keyset-1",
          "sealing": {"primaryKeyId": 4026531841, "key": [{
            "keyData": {"typeUrl": "type.googleapis.com/google.crypto.tink.AesGcmKey",
                        "value": "%s", "keyMaterialType": "SYMMETRIC"},
            "status": "ENABLED", "keyId": 4026531841, "outputPrefixType": "TINK"}]},
          "fingerprints": {"primaryKeyId": 7, "key": [{
            "keyData": {"typeUrl": "type.googleapis.com/google.crypto.tink.HmacPrfKey",
                        "value": "%s", "keyMaterialType": "SYMMETRIC"},
            "status": "ENABLED", "keyId": 7, "outputPrefixType": "RAW"}]}
        }
        """
            .formatted(
                Base64.getEncoder()
                    .encodeToString(concat(HexFormat.of().parseHex("1a20"), SEALING_KEY)),
                Base64.getEncoder()
                    .encodeToString(
                        concat(HexFormat.of().parseHex("120208031a20"), FINGERPRINT_KEY))));
    if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
    keyset = Keyset.load(file);
  }

  @Test
  void theJdkOpensWhatWasSealed() throws GeneralSecurityException {
    byte[] ciphertext =
        new Sealer(keyset)
            .seal(ACME, HOOK, Places.HERE, FIELD, Secret.of("open sesame"))
            .ciphertext();
    assertThat(Arrays.copyOf(ciphertext, 5)).isEqualTo(PREFIX);
    Cipher cipher =
        cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(ciphertext, 5, 17), ASSOCIATED_DATA);
    assertThat(cipher.doFinal(ciphertext, 17, ciphertext.length - 17))
        .isEqualTo(ascii("open sesame"));
  }

  @Test
  void opensWhatTheJdkSealed() throws GeneralSecurityException {
    assertThat(reveal(jdkSealed(ASSOCIATED_DATA, SealedField.TO_PLACE))).isEqualTo("open sesame");
  }

  @Test
  void opensWhatWasSealedForNoPlace() throws GeneralSecurityException {
    SealedField first = jdkSealed(FIRST_ASSOCIATED_DATA, SealedField.TO_FIELD);
    assertThat(reveal(first)).isEqualTo("open sesame");

    Resealer resealer = new Resealer(keyset);
    assertThat(resealer.isCurrent(first)).as("although its key is the newest").isFalse();
    SealedField resealed = resealer.reseal(ACME, HOOK, Places.HERE, first).orElseThrow();
    assertThat(resealed.binding()).isEqualTo(SealedField.TO_PLACE);
    assertThat(reveal(resealed)).isEqualTo("open sesame");
    assertThat(resealer.isCurrent(resealed)).isTrue();
  }

  private static SealedField jdkSealed(byte[] associatedData, int binding)
      throws GeneralSecurityException {
    byte[] nonce = HexFormat.of().parseHex("a0a1a2a3a4a5a6a7a8a9aaab");
    byte[] sealed =
        cipher(Cipher.ENCRYPT_MODE, nonce, associatedData).doFinal(ascii("open sesame"));
    return new SealedField(FIELD, concat(PREFIX, nonce, sealed), "", binding);
  }

  private String reveal(SealedField field) {
    DestinationSecrets secrets = new DestinationSecrets(HOOK, ACME, 1, List.of(field));
    Opening opening = new Opener(keyset).open(secrets, Places.HERE);
    Secret secret = ((Opening.Opened) opening).secrets().get(FIELD);
    assertThat(secret).isNotNull();
    return secret.reveal();
  }

  @Test
  void theFingerprintIsAnHmac() throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(FINGERPRINT_KEY, "HmacSHA256"));
    byte[] hash =
        mac.doFinal(
            concat(
                HexFormat.of().parseHex("00000015"), ascii("waybill-fingerprint-1"),
                HexFormat.of().parseHex("00000004"), ascii("acme"),
                HexFormat.of().parseHex("0000000b"), ascii("open sesame")));
    assertThat(new Sealer(keyset).fingerprint(ACME, Secret.of("open sesame")))
        .isEqualTo(HexFormat.of().formatHex(hash, 0, 6));
  }

  private static Cipher cipher(int mode, byte[] nonce, byte[] associatedData)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(SEALING_KEY, "AES"), new GCMParameterSpec(128, nonce));
    cipher.updateAAD(associatedData);
    return cipher;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] concat(byte[]... parts) {
    ByteBuffer joined =
        ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }
}

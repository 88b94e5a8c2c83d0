package io.waybill.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.Payload;
import io.waybill.domain.RawJson;
import io.waybill.domain.RequestRules;
import io.waybill.domain.SealedPayload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadSealingTest {
  private static final OrganizationId ACME = new OrganizationId("acme");
  private static final OrganizationId GLOBEX = new OrganizationId("globex");
  private static final DeliveryId DELIVERY = DeliveryId.random();
  private static final String MARKER = "patient 7f3c9d0e";
  private static final Payload PAYLOAD =
      new Payload(
          "phi-access",
          RawJson.of("{ \"who\" : \"" + MARKER + "\",\t\"price\": 1.10 }"),
          RawJson.of("{\"m\":\"" + MARKER + "\"}"));

  @TempDir Path folder;
  private Path path;
  private PayloadKeyFile file;

  @BeforeEach
  void makeKeys() {
    path = folder.resolve("payload-keys.json");
    file = new PayloadKeyFile(path);
    file.create(ACME);
  }

  @Test
  void opensByteForByteWhatWasSealed() {
    Payload sealed = seal(PAYLOAD);

    assertThat(sealed.sealed()).isTrue();
    assertThat(sealed.type()).isEqualTo("phi-access");
    assertThat(sealed.metadata()).isEqualTo(RawJson.EMPTY_OBJECT);
    assertThat(sealed.data().text())
        .doesNotContain(MARKER)
        .doesNotContain(
            Base64.getEncoder().encodeToString(MARKER.getBytes(StandardCharsets.UTF_8)));
    assertThat(open(ACME, DELIVERY, sealed))
        .isEqualTo(new PayloadOpening.Opened(PAYLOAD.data(), PAYLOAD.metadata()));
  }

  @Test
  void theSamePayloadHasOneHmacAndManyCiphertexts() {
    SealedPayload one = SealedPayload.parse(seal(PAYLOAD).data()).orElseThrow();
    SealedPayload other = SealedPayload.parse(seal(PAYLOAD).data()).orElseThrow();
    assertThat(one.hmac()).isEqualTo(other.hmac());
    assertThat(one.ciphertext()).isNotEqualTo(other.ciphertext());
    Payload moved =
        new Payload("phi-access", RawJson.of("{}"), RawJson.of("{\"m\":\"" + MARKER + "\"}"));
    assertThat(SealedPayload.hmacOf(seal(moved).data())).isPresent().isNotEqualTo(one.hmac());
    file.create(GLOBEX);
    assertThat(
            SealedPayload.hmacOf(
                new PayloadSealer(PayloadKeys.load(path)).seal(GLOBEX, DELIVERY, PAYLOAD).data()))
        .as("another organization's")
        .isPresent()
        .isNotEqualTo(one.hmac());
  }

  @DisplayName("row 22: is broken when moved or altered")
  @Test
  void isBrokenWhenMovedOrAltered() {
    file.create(GLOBEX);
    Payload sealed = seal(PAYLOAD);
    assertThat(open(ACME, DeliveryId.random(), sealed)).isInstanceOf(PayloadOpening.Broken.class);
    assertThat(open(ACME, DELIVERY, new Payload("other", sealed.data(), sealed.metadata(), true)))
        .isInstanceOf(PayloadOpening.Broken.class);
    SealedPayload good = SealedPayload.parse(sealed.data()).orElseThrow();
    byte[] altered = good.ciphertext().clone();
    altered[altered.length - 1] ^= 1;
    assertThat(open(new SealedPayload(good.keyId(), good.hmac(), altered)))
        .isInstanceOf(PayloadOpening.Broken.class);
    assertThat(open(new SealedPayload(good.keyId(), "0".repeat(64), good.ciphertext())))
        .as("a false HMAC, which would make another request pass for this one")
        .isInstanceOf(PayloadOpening.Broken.class);
    // Another organization has no such key at all.
    assertThat(open(GLOBEX, DELIVERY, sealed)).isInstanceOf(PayloadOpening.KeyUnavailable.class);
  }

  @Test
  void aKeyThatIsNotHereIsUnavailableAndADestroyedOneIsDestroyed() {
    Payload sealed = seal(PAYLOAD);
    assertThat(PayloadOpener.withoutKeys().open(ACME, DELIVERY, "phi-access", sealed.data()))
        .isInstanceOf(PayloadOpening.KeyUnavailable.class);

    file.destroy(ACME);

    assertThat(open(ACME, DELIVERY, sealed)).isInstanceOf(PayloadOpening.KeyDestroyed.class);
    assertThatThrownBy(() -> seal(PAYLOAD))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("acme")
        .hasMessageContaining("waybill keys payload create");
  }

  @Test
  void destructionLeavesNoKeyInTheFileAndANewKeyOpensNothingOld() throws IOException {
    file.rotate(ACME);
    Payload sealed = seal(PAYLOAD);
    Matcher values = Pattern.compile("\"value\": \"([^\"]+)\"").matcher(Files.readString(path));
    List<String> material = values.results().map(found -> found.group(1)).toList();
    assertThat(material).hasSize(3);

    file.destroy(ACME);

    assertThat(Files.readString(path)).doesNotContain(material);
    file.create(ACME);
    assertThat(open(ACME, DELIVERY, sealed)).isInstanceOf(PayloadOpening.KeyDestroyed.class);
    assertThat(open(ACME, DELIVERY, seal(PAYLOAD))).isInstanceOf(PayloadOpening.Opened.class);
  }

  @Test
  void rotationKeepsTheOldKeyForOpeningAndTheHmac() {
    Payload old = seal(PAYLOAD);
    String id = file.rotate(ACME);
    Payload fresh = seal(PAYLOAD);
    assertThat(SealedPayload.parse(fresh.data()).orElseThrow().keyId()).isEqualTo(id);
    assertThat(SealedPayload.hmacOf(fresh.data())).isEqualTo(SealedPayload.hmacOf(old.data()));
    assertThat(open(ACME, DELIVERY, old)).isInstanceOf(PayloadOpening.Opened.class);
    assertThat(open(ACME, DELIVERY, fresh)).isInstanceOf(PayloadOpening.Opened.class);
  }

  @Test
  void anExportHoldsOneOrganizationAndIsPrivate() throws IOException {
    file.create(GLOBEX);
    Path target = folder.resolve("acme.json");
    file.export(ACME, target);
    PayloadKeys exported = PayloadKeys.load(target);
    assertThat(exported.organizations()).containsExactly("acme");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-------");
    Payload sealed = new PayloadSealer(exported).seal(ACME, DELIVERY, PAYLOAD);
    assertThat(open(ACME, DELIVERY, sealed)).isInstanceOf(PayloadOpening.Opened.class);
    assertThatThrownBy(() -> file.export(ACME, target)).isInstanceOf(KeysetException.class);
  }

  @Test
  void aSecondCreateIsRefusedAndAnUnknownOrganizationToo() {
    assertThatThrownBy(() -> file.create(ACME))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("rotate");
    assertThatThrownBy(() -> file.destroy(GLOBEX))
        .isInstanceOf(KeysetException.class)
        .hasMessageContaining("globex");
  }

  @Test
  void aRunningProcessTakesUpNewAndDestroyedKeys() {
    AtomicLong nanos = new AtomicLong();
    List<String> problems = new ArrayList<>();
    PayloadOpener running =
        PayloadOpener.watching(
            new WatchedFile<>(path, PayloadKeys::load, problems::add, Runnable::run, nanos::get));
    file.rotate(ACME);
    Payload sealed = seal(PAYLOAD);
    nanos.addAndGet(WatchedFile.LOOK_FOR_MORE_EVERY.toNanos());
    assertThat(running.open(ACME, DELIVERY, "phi-access", sealed.data()))
        .isInstanceOf(PayloadOpening.Opened.class);

    file.destroy(ACME);
    nanos.addAndGet(WatchedFile.LOOK_EVERY.toNanos());
    assertThat(running.open(ACME, DELIVERY, "phi-access", sealed.data()))
        .isInstanceOf(PayloadOpening.KeyDestroyed.class);
    assertThat(problems).isEmpty();
  }

  @Test
  void refusesWhatIsTooLargeOnceSealed() {
    String large = "\"" + "x".repeat(RequestRules.MAX_DATA_BYTES * 3 / 4) + "\"";
    Payload payload = new Payload("t", RawJson.of(large), RawJson.EMPTY_OBJECT);
    assertThatThrownBy(() -> seal(payload))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("once sealed");
    assertThatThrownBy(() -> seal(seal(PAYLOAD)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("already");
  }

  @Test
  void aFileThatIsSomethingElseIsNotQuoted() throws IOException {
    for (String text : List.of("", "MARKERmarker", "{\"format\":\"MARKERmarker\"}", "[]")) {
      Path other = folder.resolve("other.json");
      Files.writeString(other, text);
      Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
      assertThatThrownBy(() -> PayloadKeys.load(other))
          .isInstanceOf(KeysetException.class)
          .hasNoCause()
          .hasMessageContaining(other.toString())
          .satisfies(error -> assertThat(error.getMessage()).doesNotContain("MARKERmarker"));
    }
  }

  /** The format that docs/sealing.md spells out, by the JDK alone. */
  @Test
  void theJdkOpensTheDocumentedFormat() throws GeneralSecurityException, IOException {
    SealedPayload sealed = SealedPayload.parse(seal(PAYLOAD).data()).orElseThrow();
    String text = Files.readString(path);
    byte[] aes = material(text, "AesGcmKey");
    byte[] hmac = material(text, "HmacPrfKey");

    byte[] bytes = sealed.ciphertext();
    assertThat(bytes[0]).isEqualTo((byte) 1);
    assertThat(Integer.toUnsignedString(ByteBuffer.wrap(bytes).getInt(1)))
        .isEqualTo(sealed.keyId());
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(aes, "AES"),
        new GCMParameterSpec(128, Arrays.copyOfRange(bytes, 5, 17)));
    cipher.updateAAD(
        parts(
            utf8("waybill-payload-1"),
            utf8("acme"),
            utf8(DELIVERY.toString()),
            utf8("phi-access")));
    byte[] clear = cipher.doFinal(bytes, 17, bytes.length - 17);
    byte[] data = PAYLOAD.data().bytes();
    byte[] metadata = PAYLOAD.metadata().bytes();
    assertThat(clear)
        .isEqualTo(
            ByteBuffer.allocate(4 + data.length + metadata.length)
                .putInt(data.length)
                .put(data)
                .put(metadata)
                .array());

    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(hmac, "HmacSHA256"));
    assertThat(sealed.hmac())
        .isEqualTo(
            HexFormat.of()
                .formatHex(
                    mac.doFinal(
                        parts(utf8("waybill-payload-hmac-1"), utf8("acme"), data, metadata))));
  }

  /** The last 32 bytes of a key's protobuf are the key. */
  private static byte[] material(String text, String type) {
    Matcher matcher = Pattern.compile(type + "\",\\s*\"value\": \"([^\"]+)\"").matcher(text);
    assertThat(matcher.find()).isTrue();
    byte[] value = Base64.getDecoder().decode(matcher.group(1));
    return Arrays.copyOfRange(value, value.length - 32, value.length);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] parts(byte[]... parts) {
    ByteBuffer joined =
        ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> 4 + part.length).sum());
    for (byte[] part : parts) {
      joined.putInt(part.length).put(part);
    }
    return joined.array();
  }

  private Payload seal(Payload payload) {
    return new PayloadSealer(PayloadKeys.load(path)).seal(ACME, DELIVERY, payload);
  }

  private PayloadOpening open(OrganizationId organization, DeliveryId delivery, Payload payload) {
    return new PayloadOpener(PayloadKeys.load(path))
        .open(organization, delivery, payload.type(), payload.data());
  }

  private PayloadOpening open(SealedPayload sealed) {
    return open(ACME, DELIVERY, Payload.sealed("phi-access", sealed));
  }
}

package io.waybill.secrets;

import io.waybill.domain.DeliveryId;
import io.waybill.domain.OrganizationId;
import io.waybill.domain.RawJson;
import io.waybill.domain.SealedPayload;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Opens what a {@link PayloadSealer} sealed. Used for channels only. Safe to share. */
public final class PayloadOpener {
  private final Supplier<PayloadKeys> current;
  private final Supplier<PayloadKeys> newest;
  private final boolean hasKeys;

  /** Opens with these keys for ever. */
  public PayloadOpener(PayloadKeys keys) {
    this(() -> keys, () -> keys, true);
  }

  private PayloadOpener(WatchedFile<PayloadKeys> file) {
    this(file::current, file::newest, true);
  }

  private PayloadOpener(
      Supplier<PayloadKeys> current, Supplier<PayloadKeys> newest, boolean hasKeys) {
    this.current = current;
    this.newest = newest;
    this.hasKeys = hasKeys;
  }

  /** For a process that has no payload keys: every sealed payload waits for one that has. */
  public static PayloadOpener withoutKeys() {
    return new PayloadOpener(PayloadKeys::none, PayloadKeys::none, false);
  }

  /** Whether there is any payload that it might open. */
  public boolean hasKeys() {
    return hasKeys;
  }

  /**
   * Opens with the keys of a file, which is read again when it changes: a key that was made or
   * destroyed counts within seconds, without a restart.
   *
   * @param problems told in words, without a secret, why a changed file cannot be used; what was
   *     read before stays in use
   * @param looks runs each look at the file after the first, which may take its time
   * @throws KeysetException as {@link PayloadKeys#load}
   */
  public static PayloadOpener watching(
      Path file, Consumer<? super String> problems, Executor looks) {
    return new PayloadOpener(
        new WatchedFile<>(file, PayloadKeys::load, problems, looks, System::nanoTime));
  }

  static PayloadOpener watching(WatchedFile<PayloadKeys> file) {
    return new PayloadOpener(file);
  }

  /** Opens the payload of one delivery. */
  public PayloadOpening open(
      OrganizationId organization, DeliveryId delivery, String type, RawJson envelope) {
    Optional<SealedPayload> parsed = SealedPayload.parse(envelope);
    if (parsed.isEmpty()) {
      return new PayloadOpening.Broken("the sealed payload has not the form of one");
    }
    SealedPayload sealed = parsed.get();
    PayloadKeys keys = current.get();
    if (!isKnown(keys, organization, sealed.keyId())) {
      keys = newest.get();
    }
    if (keys.isDestroyed(organization, sealed.keyId())) {
      return new PayloadOpening.KeyDestroyed(
          "the payload was sealed with key "
              + sealed.keyId()
              + " of organization "
              + organization
              + ", which was destroyed: nobody can read it any more");
    }
    return keys.of(organization)
        .filter(own -> own.canOpen(sealed.keyId()))
        .map(own -> open(own, organization, delivery, type, sealed))
        .orElseGet(() ->
            new PayloadOpening.KeyUnavailable(
                "the payload was sealed with key "
                    + sealed.keyId()
                    + " of organization "
                    + organization
                    + ", which this process does not have; give it the file of payload keys that"
                    + " holds that key (payloadKeys in the configuration)"));
  }

  private static boolean isKnown(PayloadKeys keys, OrganizationId organization, String keyId) {
    return keys.isDestroyed(organization, keyId)
        || keys.of(organization).filter(own -> own.canOpen(keyId)).isPresent();
  }

  private static PayloadOpening open(
      PayloadKeys.OrganizationKeys keys,
      OrganizationId organization,
      DeliveryId delivery,
      String type,
      SealedPayload sealed) {
    byte[] clear;
    try {
      clear =
          keys.aead()
              .decrypt(
                  sealed.ciphertext(),
                  Binding.payloadData(organization, delivery.toString(), type));
    } catch (GeneralSecurityException e) {
      return new PayloadOpening.Broken(
          "the sealed payload was altered, or was sealed for another organization, delivery or"
              + " payload type");
    }
    Optional<PayloadSealer.Parts> parts = PayloadSealer.split(clear);
    Arrays.fill(clear, (byte) 0);
    if (parts.isEmpty()) {
      return new PayloadOpening.Broken("the sealed payload does not hold data and metadata");
    }
    RawJson data = parts.get().data();
    RawJson metadata = parts.get().metadata();
    try {
      String hmac = PayloadSealer.hmac(keys, organization, data.bytes(), metadata.bytes());
      // A wrong one would make another request pass for a repetition of this.
      if (!MessageDigest.isEqual(ascii(hmac), ascii(sealed.hmac()))) {
        return new PayloadOpening.Broken(
            "the sealed payload has not the HMAC that stands beside it");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot compute HMAC-SHA-256", e);
    }
    return new PayloadOpening.Opened(data, metadata);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

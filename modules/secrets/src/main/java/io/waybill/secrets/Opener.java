package io.waybill.secrets;

import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.SealedField;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Opens what a {@link Sealer} sealed. Used inside channels only. Safe to share between threads. */
public final class Opener {
  // Tink's ciphertext: one version byte, the key's id (4 bytes, big endian), nonce, data, tag.
  private static final byte TINK_VERSION = 1;
  private static final int PREFIX_BYTES = 5;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  private final Keyset keyset;

  public Opener(Keyset keyset) {
    this.keyset = keyset;
  }

  /**
   * Opens every field, or none: what was opened before a field failed is destroyed.
   *
   * @return {@link Opening.Broken} before {@link Opening.KeyUnavailable} when both hold, since a
   *     key that arrives cannot mend what is broken
   */
  public Opening open(DestinationSecrets sealed) {
    Map<String, Secret> opened = new LinkedHashMap<>();
    Optional<Opening> failure = Optional.empty();
    for (SealedField field : sealed.fields()) {
      Optional<Opening> failed = openField(sealed, field, opened);
      if (failed.isPresent() && !(failure.isPresent() && failure.get() instanceof Opening.Broken)) {
        failure = failed;
      }
    }
    if (failure.isPresent()) {
      opened.values().forEach(Secret::destroy);
      return failure.get();
    }
    return new Opening.Opened(opened);
  }

  private Optional<Opening> openField(
      DestinationSecrets sealed, SealedField field, Map<String, Secret> opened) {
    String name = field.name();
    if (!Binding.isFieldName(name)) {
      // The name is not repeated: whoever wrote it could put line breaks into a log.
      return Optional.of(broken(sealed, "has a sealed field whose name is not visible ASCII"));
    }
    if (opened.containsKey(name)) {
      return Optional.of(broken(sealed, "has the sealed field " + name + " twice"));
    }
    byte[] ciphertext = field.ciphertext();
    if (ciphertext.length < PREFIX_BYTES + NONCE_BYTES + TAG_BYTES
        || ciphertext[0] != TINK_VERSION) {
      return Optional.of(broken(sealed, "has no valid ciphertext in the field " + name));
    }
    int keyId = ByteBuffer.wrap(ciphertext).getInt(1);
    if (!keyset.canOpen(keyId)) {
      return Optional.of(
          new Opening.KeyUnavailable(
              subject(sealed)
                  + " has the field "
                  + name
                  + " sealed with key "
                  + Keyset.idInWords(keyId)
                  + ", which is not an enabled key of this process's keyset; give this process the"
                  + " keyset of whoever sealed it, or seal the credential anew"));
    }
    try {
      byte[] associatedData =
          Binding.associatedData(sealed.organizationId(), sealed.destinationId(), name);
      opened.put(name, Secret.owning(keyset.aead().decrypt(ciphertext, associatedData)));
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      // The key is there, so this is the tag: altered bytes, or a seal that was moved here.
      return Optional.of(
          broken(
              sealed,
              "has a field "
                  + name
                  + " that was altered or was sealed for another organization, destination or"
                  + " field; seal the credential anew"));
    }
  }

  private static Opening broken(DestinationSecrets sealed, String what) {
    return new Opening.Broken(subject(sealed) + " " + what);
  }

  private static String subject(DestinationSecrets sealed) {
    return "destination " + sealed.destinationId() + " (version " + sealed.version() + ")";
  }
}

package io.waybill.secrets;

import io.waybill.domain.DestinationConfig;
import io.waybill.domain.DestinationSecrets;
import io.waybill.domain.SealedField;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Opens what a {@link Sealer} sealed. Used inside channels only. Safe to share between threads. */
public final class Opener {
  // Tink's ciphertext: one version byte, the key's id (4 bytes, big endian), nonce, data, tag.
  private static final byte TINK_VERSION = 1;
  private static final int PREFIX_BYTES = 5;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  private final Supplier<Keyset> current;
  private final Supplier<Keyset> newest;

  /** Opens with these keys for ever. */
  public Opener(Keyset keyset) {
    this.current = () -> keyset;
    this.newest = current;
  }

  private Opener(WatchedFile<Keyset> file) {
    this.current = file::current;
    this.newest = file::newest;
  }

  /**
   * Opens with the keys of a file, which is read again when it changes: a rotation needs no
   * restart. A seal with a key that is not known has the file looked at soon.
   *
   * @param problems told in words, without a secret, why a changed file cannot be used; the keys
   *     that were read before stay in use
   * @param looks runs each look at the file after the first, which may take its time
   * @throws KeysetException as {@link Keyset#load}: there is no start without a key
   */
  public static Opener watching(Path file, Consumer<? super String> problems, Executor looks) {
    return new Opener(new WatchedFile<>(file, Keyset::load, problems, looks, System::nanoTime));
  }

  static Opener watching(WatchedFile<Keyset> file) {
    return new Opener(file);
  }

  /** The id of the key that sealed a field, when it has the form of a seal. */
  static Optional<Integer> keyId(SealedField field) {
    byte[] ciphertext = field.ciphertext();
    return ciphertext.length < PREFIX_BYTES + NONCE_BYTES + TAG_BYTES
            || ciphertext[0] != TINK_VERSION
        ? Optional.empty()
        : Optional.of(ByteBuffer.wrap(ciphertext).getInt(1));
  }

  /**
   * Opens every field, or none: what was opened before a field failed is destroyed.
   *
   * @param config that they are about to be used with: what was sealed for another {@link
   *     DestinationConfig#credentialsGoTo} does not open
   * @return {@link Opening.Broken} before {@link Opening.KeyUnavailable} when both hold, since a
   *     key that arrives cannot mend what is broken
   */
  public Opening open(DestinationSecrets sealed, DestinationConfig config) {
    Map<String, Secret> opened = new LinkedHashMap<>();
    Optional<Opening> failure = Optional.empty();
    for (SealedField field : sealed.fields()) {
      Optional<Opening> failed = openField(sealed, config, field, opened);
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
      DestinationSecrets sealed,
      DestinationConfig config,
      SealedField field,
      Map<String, Secret> opened) {
    String name = field.name();
    if (!Binding.isFieldName(name)) {
      // The name is not repeated: whoever wrote it could put line breaks into a log.
      return Optional.of(broken(sealed, "has a sealed field whose name is not visible ASCII"));
    }
    if (opened.containsKey(name)) {
      return Optional.of(broken(sealed, "has the sealed field " + name + " twice"));
    }
    byte[] ciphertext = field.ciphertext();
    Optional<byte[]> associatedData = associatedData(sealed, config, field);
    if (associatedData.isEmpty()) {
      return Optional.of(
          new Opening.KeyUnavailable(
              subject(sealed)
                  + " has the field "
                  + name
                  + " sealed in a form that this version does not know; let this process run the"
                  + " version of whoever sealed it, or seal the credential anew"));
    }
    Optional<Integer> id = keyId(field);
    if (id.isEmpty()) {
      return Optional.of(broken(sealed, "has no valid ciphertext in the field " + name));
    }
    int keyId = id.get();
    Keyset known = current.get();
    Keyset keyset = known.canOpen(keyId) ? known : newest.get();
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
      opened.put(name, Secret.owning(keyset.aead().decrypt(ciphertext, associatedData.get())));
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      // The key is there, so this is the tag: altered bytes, or a seal that was moved here.
      return Optional.of(
          broken(
              sealed,
              "has a field "
                  + name
                  + " that was altered or was sealed for another organization, destination, field"
                  + " or host; seal the credential anew"));
    }
  }

  /**
   * What the field says that it is bound to, and nothing else is tried: who could have a seal taken
   * for one of the old form could use it anywhere.
   */
  private static Optional<byte[]> associatedData(
      DestinationSecrets sealed, DestinationConfig config, SealedField field) {
    return switch (field.binding()) {
      case SealedField.TO_FIELD ->
          Optional.of(
              Binding.toField(sealed.organizationId(), sealed.destinationId(), field.name()));
      case SealedField.TO_PLACE ->
          Optional.of(
              Binding.toPlace(
                  sealed.organizationId(), sealed.destinationId(), config, field.name()));
      default -> Optional.empty();
    };
  }

  private static Opening broken(DestinationSecrets sealed, String what) {
    return new Opening.Broken(subject(sealed) + " " + what);
  }

  private static String subject(DestinationSecrets sealed) {
    return "destination " + sealed.destinationId() + " (version " + sealed.version() + ")";
  }
}

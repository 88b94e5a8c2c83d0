package io.waybill.secrets;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.prf.PredefinedPrfParameters;
import com.google.crypto.tink.prf.PrfConfig2026;
import com.google.crypto.tink.prf.PrfSet;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one installation: AES-256-GCM keys that seal, of which the primary seals and all
 * enabled ones open, and one HMAC-SHA-256 key for fingerprints. Every process that seals or opens
 * credentials shares the same keyset. Immutable; safe to share between threads.
 *
 * <p>Its file is one JSON object: {@code format}, {@code sealing} and {@code fingerprints}, the
 * latter two plain Tink keysets in Tink's JSON form. Whoever reads the file can open every
 * credential.
 */
public final class Keyset {
  private static final String FORMAT = "waybill-keyset-1";

  // Configurations of our own choice instead of Tink's global registry: no static mutable state.
  private static final Configuration SEALING = AeadConfig2026.get();
  private static final Configuration FINGERPRINTS = PrfConfig2026.get();

  private final KeysetHandle sealing;
  private final KeysetHandle fingerprints;
  private final Aead aead;
  private final PrfSet prf;
  private final Set<Integer> openable;

  private Keyset(KeysetHandle sealing, KeysetHandle fingerprints) throws GeneralSecurityException {
    this.sealing = sealing;
    this.fingerprints = fingerprints;
    this.aead = sealing.getPrimitive(SEALING, Aead.class);
    this.prf = fingerprints.getPrimitive(FINGERPRINTS, PrfSet.class);
    Set<Integer> enabled = new HashSet<>();
    for (int i = 0; i < sealing.size(); i++) {
      if (sealing.getAt(i).getStatus() == KeyStatus.ENABLED) {
        enabled.add(sealing.getAt(i).getId());
      }
    }
    this.openable = Set.copyOf(enabled);
  }

  /** New random keys. */
  public static Keyset generate() {
    try {
      return new Keyset(
          KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, SEALING),
          KeysetHandle.generateNew(PredefinedPrfParameters.HMAC_SHA256_PRF, FINGERPRINTS));
    } catch (GeneralSecurityException e) {
      throw new KeysetException("this JVM cannot make AES-256-GCM and HMAC-SHA-256 keys", e);
    }
  }

  /**
   * Reads a keyset that {@link #save} wrote.
   *
   * @throws KeysetException when there is none, when others can read the file, or when it is not a
   *     keyset. A file that root owns may be readable by its group, as long as this process is not
   *     root: so Kubernetes mounts a secret for a user who is not root.
   */
  public static Keyset load(Path path) {
    return parse(WrappedKeys.unwrap(KeysetFile.read(path), path), path);
  }

  /**
   * Writes the keyset to a new file, itself encrypted by a key of a key-management service, for
   * which a {@link com.google.crypto.tink.KmsClient} must be on the class path. {@link #load} reads
   * it the same way.
   *
   * @param keyUri of the service's key, {@code aws-kms://arn:aws:kms:...}
   * @throws KeysetException as {@link #save}, or when the service cannot be asked
   */
  public void saveWrapped(Path path, String keyUri) {
    KeysetFile.create(path, WrappedKeys.wrap(serialize(), keyUri));
  }

  /**
   * Adds a key to the keyset in a file and makes it the primary, as {@link #rotated} does.
   * Processes that watch the file take it up by themselves.
   *
   * @throws KeysetException as {@link #load}, or when the file cannot be changed
   */
  public static Keyset rotate(Path path) {
    AtomicReference<@Nullable Keyset> result = new AtomicReference<>();
    KeysetFile.change(
        path,
        () -> {
          byte[] file = KeysetFile.read(path);
          Keyset rotated = parse(WrappedKeys.unwrap(file, path), path).rotated();
          result.set(rotated);
          byte[] clear = rotated.serialize();
          return WrappedKeys.keyUri(file).map(uri -> WrappedKeys.wrap(clear, uri)).orElse(clear);
        });
    return Objects.requireNonNull(result.get(), "what was written was made");
  }

  /**
   * Writes the keyset to a new file that only its owner can read (mode 600), whole or not at all.
   *
   * @throws KeysetException when the file exists (nothing is overwritten: what is sealed with lost
   *     keys stays sealed) or cannot be written
   */
  public void save(Path path) {
    KeysetFile.create(path, serialize());
  }

  /**
   * The keyset at {@code path}; when there is none, a new one is made and saved there. For
   * development only: an installation whose keyset went missing must stop, not make another.
   *
   * @throws KeysetException as {@link #load} and {@link #save}; a file that is there but unsafe or
   *     unreadable is never replaced
   */
  public static DevelopmentKeyset loadOrCreateDevelopment(Path path) {
    if (KeysetFile.isThere(path)) {
      return new DevelopmentKeyset(load(path), false);
    }
    Keyset made = generate();
    if (KeysetFile.createUnlessThere(path, made.serialize())) {
      return new DevelopmentKeyset(made, true);
    }
    // Another process was faster; its keys count.
    return new DevelopmentKeyset(load(path), false);
  }

  /**
   * A development keyset.
   *
   * @param created made just now, which whoever starts Waybill should be told
   */
  public record DevelopmentKeyset(Keyset keyset, boolean created) {}

  /**
   * The same keyset with a further sealing key, which is the new primary; the old keys still open.
   * Fingerprints keep their key, so that they stay comparable. A process that has not got the new
   * keyset yet answers {@link Opening.KeyUnavailable} and can try again.
   */
  public Keyset rotated() {
    try {
      KeysetHandle extended =
          KeysetHandle.newBuilder(sealing)
              .setConfiguration(SEALING)
              .addEntry(
                  KeysetHandle.generateEntryFromParameters(PredefinedAeadParameters.AES256_GCM)
                      .withRandomId()
                      .makePrimary())
              .build();
      return new Keyset(extended, fingerprints);
    } catch (GeneralSecurityException e) {
      throw new KeysetException("this JVM cannot add an AES-256-GCM key to the keyset", e);
    }
  }

  /** The id of the key that seals, as it stands in the file. Not secret. */
  public String primaryKeyId() {
    return idInWords(sealing.getPrimary().getId());
  }

  int primaryId() {
    return sealing.getPrimary().getId();
  }

  /** The ids of all keys that seal or open, oldest first, as they stand in the file. */
  public List<String> keyIds() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < sealing.size(); i++) {
      ids.add(idInWords(sealing.getAt(i).getId()));
    }
    return List.copyOf(ids);
  }

  Aead aead() {
    return aead;
  }

  PrfSet prf() {
    return prf;
  }

  boolean canOpen(int keyId) {
    return openable.contains(keyId);
  }

  /** As Tink's JSON writes an id: unsigned. */
  static String idInWords(int keyId) {
    return Integer.toUnsignedString(keyId);
  }

  private byte[] serialize() {
    JsonObject file = new JsonObject();
    file.addProperty("format", FORMAT);
    file.add("sealing", toJson(sealing, SEALING));
    file.add("fingerprints", toJson(fingerprints, FINGERPRINTS));
    String json = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(file);
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static JsonElement toJson(KeysetHandle keys, Configuration configuration) {
    try {
      return JsonParser.parseString(
          TinkJsonProtoKeysetFormat.serializeKeyset(
              keys, configuration, InsecureSecretKeyAccess.get()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a keyset of this process cannot be written", e);
    }
  }

  private static Keyset parse(byte[] bytes, Path path) {
    JsonObject file = object(bytes, path);
    JsonElement format = file.get("format");
    if (format == null || !format.isJsonPrimitive() || !format.getAsString().equals(FORMAT)) {
      throw notAKeyset(path, "its \"format\" is not \"" + FORMAT + "\"");
    }
    KeysetHandle sealing = part(file, "sealing", SEALING, path);
    KeysetHandle fingerprints = part(file, "fingerprints", FINGERPRINTS, path);
    requireOnly(PredefinedAeadParameters.AES256_GCM, sealing, "sealing", path);
    requireOnly(PredefinedPrfParameters.HMAC_SHA256_PRF, fingerprints, "fingerprints", path);
    try {
      return new Keyset(sealing, fingerprints);
    } catch (GeneralSecurityException e) {
      throw notAKeyset(path, "its keys cannot be used");
    }
  }

  // No cause is kept below: a parser's message may quote what it read, and that is key material.

  private static JsonObject object(byte[] bytes, Path path) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonElement root = JsonParser.parseString(text);
      if (root.isJsonObject()) {
        return root.getAsJsonObject();
      }
    } catch (CharacterCodingException | JsonParseException e) {
      throw notAKeyset(path, "it is not JSON");
    }
    throw notAKeyset(path, "it is not a JSON object");
  }

  private static KeysetHandle part(
      JsonObject file, String name, Configuration configuration, Path path) {
    JsonElement part = file.get(name);
    if (part == null || !part.isJsonObject()) {
      throw notAKeyset(path, "it has no object \"" + name + "\"");
    }
    try {
      return TinkJsonProtoKeysetFormat.parseKeyset(
          part.toString(), configuration, InsecureSecretKeyAccess.get());
    } catch (GeneralSecurityException | RuntimeException e) {
      throw notAKeyset(path, "its \"" + name + "\" is not a Tink keyset with one primary key");
    }
  }

  /** Another algorithm would seal otherwise than promised, or without the key's id in front. */
  private static void requireOnly(Parameters wanted, KeysetHandle keys, String name, Path path) {
    for (int i = 0; i < keys.size(); i++) {
      if (!keys.getAt(i).getKey().getParameters().equals(wanted)) {
        throw notAKeyset(
            path,
            "key "
                + idInWords(keys.getAt(i).getId())
                + " of its \""
                + name
                + "\" has another algorithm than Waybill uses");
      }
    }
  }

  private static KeysetException notAKeyset(Path path, String why) {
    return new KeysetException(
        "the keyset file "
            + path.toAbsolutePath()
            + " cannot be used: "
            + why
            + ". Restore it from a backup; if the path is wrong, correct it in the configuration");
  }

  /** The keys' ids only. */
  @Override
  public String toString() {
    return "Keyset[primary " + primaryKeyId() + ", " + sealing.size() + " sealing keys]";
  }
}

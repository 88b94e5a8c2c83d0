package io.waybill.secrets;

import io.waybill.domain.OrganizationId;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Makes and changes the operator's file of payload keys. Processes that watch it take a change up
 * within seconds. A change is whole or not at all; one process changes it at a time.
 *
 * <p>Every method throws {@link KeysetException} when the file cannot be read or written, saying
 * what to do.
 */
public final class PayloadKeyFile {
  private final Path path;

  public PayloadKeyFile(Path path) {
    this.path = path;
  }

  /** Makes an empty file unless there is one. */
  public void createUnlessThere() {
    if (!KeysetFile.isThere(path)) {
      // Where another process is faster, its file counts.
      KeysetFile.createUnlessThere(path, PayloadKeys.none().serialize());
    }
  }

  /**
   * Gives the organization a key, and makes the file when there is none.
   *
   * @return the key's id
   * @throws KeysetException also when the organization has a key: a second one is a rotation
   */
  public String create(OrganizationId organization) {
    createUnlessThere();
    return change(
            keys -> {
              if (keys.has(organization)) {
                throw new KeysetException(
                    "organization "
                        + organization
                        + " has a payload key already. `waybill keys payload rotate` adds a newer"
                        + " one");
              }
              return keys.created(organization);
            })
        .keyId(organization)
        .orElseThrow();
  }

  /** Adds a key that seals from now on; the older ones still open. Returns the new key's id. */
  public String rotate(OrganizationId organization) {
    return change(keys -> keys.rotated(organization)).keyId(organization).orElseThrow();
  }

  /**
   * Removes every key of the organization for good. What they sealed cannot be read any more,
   * wherever a copy of it is: this file must be the last that holds them, backups and the
   * publisher's own file included.
   */
  public void destroy(OrganizationId organization) {
    change(keys -> keys.destroyed(organization));
  }

  /** Writes a new file for a publisher of one organization: its keys, and nothing of others'. */
  public void export(OrganizationId organization, Path target) {
    KeysetFile.create(target, PayloadKeys.load(path).only(organization).serialize());
  }

  private PayloadKeys change(UnaryOperator<PayloadKeys> change) {
    PayloadKeys[] after = new PayloadKeys[1];
    KeysetFile.change(
        path,
        () -> {
          after[0] = change.apply(PayloadKeys.load(path));
          byte[] clear = after[0].serialize();
          byte[] before = KeysetFile.read(path);
          return WrappedKeys.keyUri(before).map(uri -> WrappedKeys.wrap(clear, uri)).orElse(clear);
        });
    return after[0];
  }
}

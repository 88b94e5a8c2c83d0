package io.waybill.secrets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keyset's file: who may read it, and that it is never replaced. On file systems without POSIX
 * permissions (Windows) those are not looked at: there the folder's access list protects it.
 */
final class KeysetFile {
  private static final long MAX_BYTES = 1024 * 1024;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private KeysetFile() {}

  /** Whether anything has that name, a link to nowhere included. */
  static boolean isThere(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  static byte[] read(Path path) {
    Path file = path.toAbsolutePath();
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile() || attributes.size() > MAX_BYTES) {
        throw new KeysetException(
            file
                + " is not a keyset file (it is a folder, a device or larger than 1 MiB);"
                + " correct the path in the configuration");
      }
      requirePrivate(file);
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new KeysetException(
          "there is no keyset file at "
              + file
              + "; without it credentials can neither be sealed nor opened, and Waybill does not"
              + " start. Put the installation's keyset there (all its processes share one), correct"
              + " the path in the configuration, or, for a new installation only, generate one",
          e);
    } catch (AccessDeniedException e) {
      throw new KeysetException(
          "the keyset file "
              + file
              + " cannot be read by this process; make its user the owner: chown USER '"
              + file
              + "' && chmod 600 '"
              + file
              + "'",
          e);
    } catch (IOException e) {
      throw new KeysetException("the keyset file " + file + " cannot be read: " + e, e);
    }
  }

  private static void requirePrivate(Path file) throws IOException {
    @Nullable PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    PosixFileAttributes attributes = view.readAttributes();
    boolean ownedByRoot = attributes.owner().getName().equals("root");
    boolean runsAsRoot = "root".equals(System.getProperty("user.name"));
    if (!isPrivate(attributes.permissions(), ownedByRoot, runsAsRoot)) {
      throw new KeysetException(
          "the keyset file "
              + file
              + " has mode "
              + PosixFilePermissions.toString(attributes.permissions())
              + ", so that others than its owner can get at the keys. Run: chmod 600 '"
              + file
              + "' (a Kubernetes secret: defaultMode 0400, or 0440 with fsGroup), and rotate the"
              + " keys if somebody may have read them");
    }
  }

  /**
   * Whether only this process's user can read the file. The exception is a group's right to read
   * what root owns, for a process that is not root: so Kubernetes mounts secrets under fsGroup, and
   * PostgreSQL judges its key files the same way.
   */
  static boolean isPrivate(
      Set<PosixFilePermission> permissions, boolean ownedByRoot, boolean runsAsRoot) {
    Set<PosixFilePermission> allowed = EnumSet.copyOf(OWNER_ONLY);
    allowed.add(PosixFilePermission.OWNER_EXECUTE);
    if (ownedByRoot && !runsAsRoot) {
      allowed.add(PosixFilePermission.GROUP_READ);
    }
    return allowed.containsAll(permissions);
  }

  /** Writes a new file. */
  static void create(Path path, byte[] content) {
    if (!createUnlessThere(path, content)) {
      throw new KeysetException(
          path.toAbsolutePath()
              + " exists and is not overwritten: what is sealed with its keys could never be opened"
              + " again. Choose another name, or move the file away if you are sure");
    }
  }

  /** Writes a new file, whole and readable only by its owner; false when the name is taken. */
  static boolean createUnlessThere(Path path, byte[] content) {
    Path file = path.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null) {
      throw new KeysetException(file + " is not a file name; correct the path");
    }
    try {
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, ".keyset", ".tmp", ownerOnly(folder));
      try {
        write(temporary, content);
        if (!publish(temporary, file)) {
          return false;
        }
      } finally {
        Files.deleteIfExists(temporary);
      }
      syncFolder(folder);
      return true;
    } catch (IOException e) {
      throw new KeysetException(
          "the keyset file "
              + file
              + " cannot be written: "
              + e
              + ". Check that this process's user may write to "
              + folder,
          e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
    return posix
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /** A hard link is the one atomic way to take a name only if it is free. */
  private static boolean publish(Path temporary, Path file) throws IOException {
    try {
      Files.createLink(file, temporary);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException | UnsupportedOperationException e) {
      // No hard links here. A move does not replace either, only its check is not atomic.
      try {
        Files.move(temporary, file);
        return true;
      } catch (FileAlreadyExistsException taken) {
        return false;
      }
    }
  }

  /** Makes the new name survive a power failure, where folders can be synced at all. */
  private static void syncFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open folders. The content is synced already; at worst a power failure takes
      // the name with it, and the next start says that there is no keyset.
    }
  }
}

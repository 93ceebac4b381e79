/** A disk that knows how many of its files are open, so that a run can show that none is forgotten. */
import type { Disk, DiskFile, OpenMode } from "../../src/storage/disk.js";

export class CountingDisk implements Disk {
  openFiles = 0;
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const file = await this.#disk.open(path, mode);
    this.openFiles++;
    return {
      write: (bytes, offset, done) => file.write(bytes, offset, done),
      read: (into, offset) => file.read(into, offset),
      size: () => file.size(),
      sync: () => file.sync(),
      close: () => {
        this.openFiles--;
        return file.close();
      },
    };
  }

  rename(from: string, to: string): Promise<void> {
    return this.#disk.rename(from, to);
  }

  unlink(path: string): Promise<void> {
    return this.#disk.unlink(path);
  }

  list(directory: string): Promise<string[]> {
    return this.#disk.list(directory);
  }

  makeDirectory(path: string): Promise<void> {
    return this.#disk.makeDirectory(path);
  }

  syncDirectory(path: string): Promise<void> {
    return this.#disk.syncDirectory(path);
  }
}
